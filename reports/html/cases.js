// The list of cases with its filters. What is chosen stands in the address, so that it can be passed on.
'use strict';

function matches(one, chosen) {
  if (chosen.verdict === 'not-pass' ? one.verdict === 'pass' : chosen.verdict && one.verdict !== chosen.verdict) return false;
  if (chosen.version && one.version !== chosen.version) return false;
  if (chosen.section && one.section !== chosen.section && !one.section.startsWith(chosen.section + '.')) return false;
  if (chosen.area && areaOf(one) !== chosen.area) return false;
  if (chosen.tag && !one.tags.includes(chosen.tag)) return false;
  if (chosen.standing && one.standing !== chosen.standing) return false;
  return chosen.q.toLowerCase().split(/\s+/).filter(Boolean).every((word) => searchText(one).includes(word));
}

const searchTexts = new Map();
function searchText(one) {
  if (!searchTexts.has(one.index)) {
    searchTexts.set(one.index, [one.address, one.title, ...one.requirements, ...one.tags, ...one.interpretations,
      ...one.findings.flatMap((finding) => [finding.requirement, finding.expected, finding.observed, finding.checker])]
      .join('\n').toLowerCase());
  }
  return searchTexts.get(one.index);
}

const filterNames = ['verdict', 'version', 'section', 'area', 'tag', 'standing', 'q'];
function chosenBy(parameters) {
  return Object.fromEntries(filterNames.map((name) => [name, parameters.get(name) || '']));
}

// What the last list showed, in its order: a case's page steps through it.
let lastList = cases;
let lastParameters = {};

function caseItem(one) {
  return el('li', null, el('a', {href: link('case/' + one.address)},
    verdictLabel(one.verdict), el('span', {class: 'title'}, visible(one.title)), el('span', {class: 'mono'}, one.address)));
}

function casesPage(parameters) {
  const chosen = chosenBy(parameters);
  const list = el('ul', {class: 'cases'});
  const count = el('p', {role: 'status', class: 'soft'});
  const show = () => {
    lastList = cases.filter((one) => matches(one, chosen));
    lastParameters = {...chosen};
    const order = (one) => verdicts.indexOf(one.verdict);
    list.replaceChildren(...[...lastList].sort((a, b) => order(a) - order(b) || a.index - b.index).map(caseItem));
    lastList = [...lastList].sort((a, b) => order(a) - order(b) || a.index - b.index);
    count.textContent = plural(lastList.length, 'case') + (lastList.length < cases.length ? ' of ' + cases.length.toLocaleString('en') : '');
  };
  const change = (name) => (event) => {
    chosen[name] = event.currentTarget.value;
    history.replaceState(null, '', link('cases', chosen));
    show();
  };
  const select = (name, label, options) => el('label', null, label,
    el('select', {onchange: change(name)}, el('option', {value: ''}, 'all'),
      options.map(([value, text]) => el('option', {value, selected: chosen[name] === value}, text))));
  const present = (values) => [...new Set(values)].sort(bySection).map((value) => [value, value]);
  const sections = [...new Set(cases.map(sectionOf))].sort(bySection);
  const extra = ['area', 'standing'].filter((name) => chosen[name]).map((name) =>
    el('p', null, name + ': ' + visible(chosen[name]) + ' ',
      el('a', {href: link('cases', {...chosen, [name]: ''})}, 'show all')));
  const content = [
    el('header', null, el('h1', null, 'Cases'), extra,
      el('form', {class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault()},
        el('label', {class: 'search'}, 'Text, requirement or address',
          el('input', {type: 'search', value: chosen.q, autocomplete: 'off', oninput: change('q')})),
        select('verdict', 'Verdict', [['not-pass', 'all but pass'], ...verdicts.filter((verdict) => packed.summary[verdict]).map((verdict) =>
          [verdict, verdict + ' (' + packed.summary[verdict] + ')'])]),
        select('version', 'Version', present(cases.map((one) => one.version))),
        select('section', 'Section', sections.map((section) => [section, section + ' ' + sectionName(section)])),
        select('tag', 'Tag', [...new Set(cases.flatMap((one) => one.tags))].sort().map((tag) => [tag, tag])),
        el('button', {class: 'button', type: 'button', onclick: () => { location.hash = link('cases'); }}, 'Clear')),
      count),
    el('section', {'aria-label': 'Cases'}, list)];
  show();
  return {title: 'Cases · ' + brokerName, content, under: 'cases'};
}
