// The proof of the suites: which seeded defects they notice, and whom they do not blame.
'use strict';

const packed = JSON.parse(document.getElementById('data').textContent);
const cases = packed.cases;
const defects = packed.defects.map((defect) => ({...defect,
  catches: defect.caught_by.map(([at, isFail, byCase, checkers]) => ({at, verdict: isFail ? 'fail' : 'non-strict', byCase: byCase === 1, checkers}))}));
const defectByName = new Map(defects.map((defect) => [defect.name, defect]));
const caseByAddress = new Map(cases.map((one, at) => [one.address, at]));
const variantByName = new Map(packed.variants.map((variant) => [variant.name, variant]));

const checkersOf = (defect) => [...new Set(defect.catches.flatMap((one) => one.checkers))].sort((a, b) => a - b);
const issueLink = (name) => {
  const [repository, number] = name.split('#');
  return /^[\w.-]+\/[\w.-]+$/.test(repository) && /^\d+$/.test(number || '')
    ? el('a', {href: 'https://github.com/' + repository + '/issues/' + number, rel: 'noreferrer'}, visible(name)) : visible(name);
};
const issues = (list) => list.map((name, at) => [at ? ', ' : null, issueLink(name)]);

const through = (one) => [...(one.byCase ? ['the case itself'] : []), ...one.checkers.map((at) => packed.checkers[at].name)].join(', ');

// The head of a row: a sentence that leads to a page, and a name below it.
const rowHead = (text, name, path) => el('th', {scope: 'row'}, path ? el('a', {href: link(path)}, visible(text)) : visible(text), el('br'), el('span', {class: 'mono soft'}, name));
const defectHead = (defect) => rowHead(capital(defect.sentence), defect.name, 'defect/' + defect.name);
const caseHead = (one) => rowHead(one.title, one.address, 'case/' + one.address);
const biting = (count) => el('td', {class: 'number word'}, count ? plural(count, 'defect') : verdictLabel('fail', 'none'));

function answer() {
  const good = packed.proven;
  return el('div', {class: 'answer v-' + (good ? 'pass' : 'fail')},
    el('strong', null, good ? 'Every case can fail, and none blames a broker that breaks no rule.' : plural(packed.problems.length, 'problem') + ': this is no proof.'),
    el('span', {class: 'soft'}, packed.defects_caught + ' of ' + plural(defects.length, 'seeded defect') + ' noticed · ' +
      plural(packed.sound.length, 'broker') + ' that break no rule, of which ' + packed.combinations + ' combine several legal variants · ' +
      plural(cases.length, 'case') + ' · ' + plural(packed.checkers.length, 'checker') + ' · seed ' + packed.seed));
}

function problems() {
  if (!packed.problems.length) return null;
  return el('section', null, el('h2', null, 'What is wrong'), el('ul', {class: 'cases'},
    packed.problems.map((text) => el('li', null, visible(text)))));
}

function defectRow(defect) {
  const byCase = defect.catches.filter((one) => one.byCase).length;
  const checkers = checkersOf(defect);
  return el('tr', null,
    defectHead(defect),
    el('td', null, visible(defect.requirements.join(' ')), defect.seen.length ? el('p', {class: 'small'}, 'Seen in ', issues(defect.seen)) : null),
    el('td', {class: 'number word'}, defect.catches.length ? byCase.toLocaleString('en') : verdictLabel('fail', 'nobody'), el('span', {class: 'soft narrow-only'}, ' cases')),
    el('td', {class: 'number word'}, String(checkers.length), el('span', {class: 'soft narrow-only'}, ' checkers')));
}

function table(label, headings, rows) {
  return el('table', {class: 'table stacked', 'aria-label': label},
    el('thead', null, el('tr', null, headings.map(([name, isNumber]) => el('th', {scope: 'col', class: isNumber ? 'number' : null}, name)))), rows);
}

// A list with a search field above it. texts: what the words are looked for in.
function searched(path, parameters, label, list, textOf, rowOf, headings) {
  let words = parameters.get('q') || '';
  const body = el('tbody');
  const count = el('p', {role: 'status', class: 'soft'});
  const show = () => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = list.filter((one) => wanted.every((word) => textOf(one).toLowerCase().includes(word)));
    body.replaceChildren(...found.map(rowOf));
    count.textContent = found.length.toLocaleString('en') + ' of ' + list.length.toLocaleString('en');
  };
  show();
  return [el('form', {class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault()},
    el('label', {class: 'search'}, 'Text, requirement or issue', el('input', {type: 'search', value: words, autocomplete: 'off', oninput: (event) => {
      words = event.currentTarget.value;
      history.replaceState(null, '', link(path, {q: words}));
      show();
    }}))), count, table(label, headings, body)];
}

function defectsPage(parameters) {
  return {title: 'Kill matrix', content: [
    el('header', null, el('h1', null, 'Kill matrix'), answer()), problems(),
    el('section', null, el('h2', null, 'Seeded defects'),
      el('p', {class: 'soft'}, 'Each is one fault put into the reference broker on purpose, and how many cases and checkers notice it. A suite that would not notice it proves nothing about a real broker.'),
      searched('', parameters, 'Seeded defects', defects, (defect) => [defect.name, defect.sentence, ...defect.requirements, ...defect.seen].join(' '), defectRow,
        [['What the broker does wrong'], ['Rules that it breaks'], ['Cases', true], ['Checkers', true]]))].filter(Boolean)};
}

function defectPage(name) {
  const defect = defectByName.get(name);
  if (!defect) return {title: 'No such defect', content: [el('header', null, el('h1', null, 'There is no defect ' + visible(name)))]};
  const checkers = checkersOf(defect);
  return {title: visible(name), under: '', content: [
    el('header', null, el('div', {class: 'crumbs'}, el('a', {href: link('')}, '← all defects')), el('h1', null, visible(capital(defect.sentence))), el('p', {class: 'mono soft'}, defect.name)),
    el('section', {'aria-label': 'Facts'}, el('dl', {class: 'pairs'},
      el('dt', null, 'Rules broken'), el('dd', null, visible(defect.requirements.join(' '))),
      el('dt', null, 'Reported in'), el('dd', null, defect.seen.length ? issues(defect.seen) : 'no public issue that we know of'),
      el('dt', null, 'Checkers'), el('dd', null, checkers.length ? checkers.map((at) => packed.checkers[at].name).join(', ') : 'none'),
      el('dt', null, 'Inconclusive'), el('dd', null, plural(defect.inconclusive, 'case')))),
    el('section', null, el('h2', null, 'Noticed by ' + plural(defect.catches.length, 'case')),
      table('Cases that notice it', [['Case'], ['Verdict'], ['Through']], el('tbody', null, defect.catches.map((one) => el('tr', null,
        caseHead(cases[one.at]), el('td', null, verdictLabel(one.verdict)), el('td', null, through(one)))))))]};
}

function casesPage(parameters) {
  const list = cases.map((one, at) => ({...one, at})).sort((a, b) => a.catches - b.catches || a.at - b.at);
  return {title: 'Cases', content: [
    el('header', null, el('h1', null, 'Cases'), el('p', null, 'Each has to notice at least one seeded defect by a judgement of its own. Those that notice the fewest come first.')),
    el('section', {'aria-label': 'Cases'}, searched('cases', parameters, 'Cases', list, (one) => one.address + ' ' + one.title, (one) => el('tr', null,
      caseHead(one), biting(one.catches)), [['Case'], ['Notices', true]])),
    el('section', null, el('h2', null, 'Checkers'), el('p', {class: 'soft'}, 'They judge the trace of every case, whatever it is about.'),
      table('Checkers', [['Checker'], ['Notices', true]], el('tbody', null, packed.checkers.map((one) => el('tr', null,
        rowHead(capital(one.sentence), one.name), biting(one.catches))))))]};
}

function casePage(address) {
  const at = caseByAddress.get(address);
  if (at === undefined) return {title: 'No such case', content: [el('header', null, el('h1', null, 'There is no case ' + visible(address)))]};
  const list = defects.map((defect) => [defect, defect.catches.find((one) => one.at === at)]).filter(([, one]) => one);
  return {title: visible(cases[at].title), under: 'cases', content: [
    el('header', null, el('div', {class: 'crumbs'}, el('a', {href: link('cases')}, '← all cases')), el('h1', null, visible(cases[at].title)), el('p', {class: 'mono soft'}, address)),
    el('section', null, el('h2', null, 'Notices ' + plural(list.length, 'defect')),
      table('Defects that it notices', [['Defect'], ['Verdict'], ['Through']], el('tbody', null, list.map(([defect, one]) => el('tr', null,
        defectHead(defect), el('td', null, verdictLabel(one.verdict)), el('td', null, through(one)))))))]};
}

function soundPage() {
  const shown = [['pass', 'pass'], ['non_strict', 'non-strict'], ['informational', 'informational'], ['unsupported', 'unsupported'], ['not_judged', 'not judged']];
  const rows = packed.sound.map((run) => el('tr', null,
    el('th', {scope: 'row'}, run.name === 'sound' ? el('b', null, 'The broker without any variant') : run.name.split('+').map((name) => {
      const variant = variantByName.get(name);
      return el('p', null, visible(capital(variant ? variant.sentence : name)), ' ', el('span', {class: 'mono soft'}, name), ' ', el('span', {class: 'soft small'}, variant ? visible(variant.citation) : ''));
    })),
    shown.map(([key]) => el('td', {class: 'number'}, String(run[key])))));
  return {title: 'Brokers that break no rule', content: [
    el('header', null, el('h1', null, 'Brokers that break no rule'), el('p', null, 'Each makes a choice that the standards leave open, or several at once. No case may call that a fail, and each case has to pass on at least one of them.')),
    el('section', {'aria-label': 'Brokers'}, el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Brokers and their counts'},
      el('table', {class: 'brokers'}, el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Broker'), shown.map(([, name]) => el('th', {scope: 'col', class: 'number'}, name)))),
        el('tbody', null, rows))))]};
}

frame([['', 'Defects'], ['cases', 'Cases and checkers'], ['sound', 'Sound brokers']], el('p', null, 'Made by Holdfast ' + visible(packed.tool) + ' with seed ' + packed.seed + '. This file asks no network for anything.'),
  (path, parameters) => {
    if (path === 'cases') return casesPage(parameters);
    if (path === 'sound') return soundPage();
    if (path.startsWith('case/')) return casePage(path.slice(5));
    if (path.startsWith('defect/')) return defectPage(path.slice(7));
    return defectsPage(parameters);
  });
