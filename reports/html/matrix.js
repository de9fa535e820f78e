// Brokers side by side: a column each, a row for each case, a cell that opens the case in that broker's report.
'use strict';

const packed = JSON.parse(document.getElementById('data').textContent);
const textAt = (place) => packed.strings[place];
const brokers = packed.brokers;

// cells[broker]: {verdict, observed} or null if that run did not have the case.
const rows = packed.rows.map(([address, title, requirement, cells]) => ({
  address: textAt(address), title: textAt(title), requirement: textAt(requirement),
  cells: cells.map((cell) => cell && {verdict: textAt(cell[0]), expected: textAt(cell[1]), observed: textAt(cell[2]), replay: textAt(cell[3])}),
}));
const rowByAddress = new Map(rows.map((row) => [row.address, row]));

const isJudged = (cell) => cell && !['unsupported', 'inconclusive', 'error'].includes(cell.verdict);
const isAgainst = (cell) => cell && ['fail', 'non-strict'].includes(cell.verdict);
const judgedOf = (row) => row.cells.filter(isJudged);

const views = {
  all: ['All cases', 'Every case that at least one run had.', () => true],
  different: ['Brokers disagree', 'Judged for several brokers, and not with the same verdict.', (row) => new Set(judgedOf(row).map((cell) => cell.verdict)).size > 1],
  lone: ['Only one broker fails', 'One broker fails what all others that could be judged keep.',
    (row) => row.cells.filter((cell) => cell && cell.verdict === 'fail').length === 1 && judgedOf(row).length > 1 && judgedOf(row).every((cell) => cell.verdict === 'fail' || !isAgainst(cell))],
  nobody: ['Nobody passes', 'Every broker that could be judged breaks it: perhaps the case is wrong.', (row) => judgedOf(row).length > 0 && judgedOf(row).every(isAgainst)],
  any: ['Somebody fails', 'At least one broker fails.', (row) => row.cells.some((cell) => cell && cell.verdict === 'fail')],
};

function brokerSummary() {
  const shown = ['pass', 'fail', 'non-strict', 'informational', 'unsupported', 'inconclusive', 'error'];
  return el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Brokers and their counts'}, el('table', {class: 'table wide-names'},
    el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Broker'), shown.map((verdict) => el('th', {scope: 'col', class: 'number'}, verdictLabel(verdict))))),
    el('tbody', null, brokers.map((broker, index) => {
      const list = rows.map((row) => row.cells[index]).filter(Boolean);
      const name = visible(broker.name);
      return el('tr', null, el('th', {scope: 'row'}, broker.report ? el('a', {href: broker.report}, name) : el('b', null, name),
        el('br'), el('span', {class: 'soft small'}, visible(broker.outcome) + ' · seed ' + broker.seed)),
      shown.map((verdict) => el('td', {class: 'number'}, String(list.filter((cell) => cell.verdict === verdict).length))));
    }))));
}

function cellNode(cell, row, index) {
  if (!cell) return el('td', {class: 'soft'}, '–');
  return el('td', null, el('a', {href: link('case/' + row.address, {broker: index}), 'aria-label': visible(brokers[index].name) + ': ' + cell.verdict}, verdictLabel(cell.verdict)));
}

function matrixPage(parameters) {
  const view = views[parameters.get('view')] ? parameters.get('view') : rows.some(views.different[2]) ? 'different' : 'all';
  let words = parameters.get('q') || '';
  const body = el('tbody');
  const count = el('p', {role: 'status', class: 'soft'});
  const show = () => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const list = rows.filter(views[view][2]).filter((row) => wanted.every((word) => (row.address + ' ' + row.title + ' ' + row.requirement).toLowerCase().includes(word)));
    body.replaceChildren(...list.map((row) => el('tr', null,
      el('th', {scope: 'row'}, el('a', {href: link('case/' + row.address)}, visible(row.title)), el('br'), el('span', {class: 'mono soft'}, row.address)),
      row.cells.map((cell, index) => cellNode(cell, row, index)))));
    count.textContent = plural(list.length, 'case') + ' of ' + rows.length.toLocaleString('en') + '. ' + views[view][1];
  };
  show();
  return {title: 'Brokers side by side', content: [
    el('header', null, el('h1', null, plural(brokers.length, 'broker') + ' side by side'),
      packed.note ? el('p', {class: 'soft'}, visible(packed.note)) : null),
    el('section', {'aria-label': 'Brokers'}, brokerSummary()),
    el('section', {'aria-label': 'Cases'},
      el('ul', {class: 'tags', 'aria-label': 'Views'}, Object.entries(views).map(([key, [name, , test]]) =>
        el('li', null, el('a', {class: 'button', href: link('', {view: key, q: words}), 'aria-current': view === key ? 'true' : null}, name + ' (' + rows.filter(test).length + ')')))),
      el('form', {class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault()},
        el('label', {class: 'search'}, 'Text, requirement or address', el('input', {type: 'search', value: words, autocomplete: 'off', oninput: (event) => {
          words = event.currentTarget.value;
          history.replaceState(null, '', link('', {view, q: words}));
          show();
        }}))),
      count,
      el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Matrix of cases and brokers'},
        el('table', {class: 'brokers'}, el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Case'),
          brokers.map((broker) => el('th', {scope: 'col'}, visible(broker.name))))), body)))]};
}

function comparisonPage(address, parameters) {
  const row = rowByAddress.get(address);
  if (!row) return {title: 'No such case', content: [el('header', null, el('h1', null, 'There is no case ' + visible(address)))]};
  const first = Number(parameters.get('broker') ?? -1);
  const order = brokers.map((_, index) => index).sort((a, b) => (b === first) - (a === first) || a - b);
  return {title: visible(row.title), content: [
    el('header', null, el('div', {class: 'crumbs'}, el('a', {href: link('')}, '← the matrix')), el('h1', null, visible(row.title)), el('p', {class: 'mono soft'}, row.address)),
    el('section', {'aria-label': 'Rule'}, el('div', {class: 'rule'}, el('p', null, visible(row.requirement || 'The case names no requirement.')))),
    order.map((index) => {
      const cell = row.cells[index];
      const broker = brokers[index];
      return el('section', null, el('h2', null, visible(broker.name), ' ', cell ? verdictLabel(cell.verdict) : el('span', {class: 'soft'}, 'not in this run')),
        cell && (cell.expected || cell.observed) ? el('div', {class: 'compare'},
          cell.expected ? el('div', null, el('h3', null, 'Expected'), el('p', null, visible(cell.expected))) : null,
          el('div', {class: isAgainst(cell) ? 'bad' : null}, el('h3', null, 'Observed'), el('p', null, visible(cell.observed || 'nothing')))) : null,
        cell && broker.report ? el('p', null, el('a', {href: broker.report + link('case/' + row.address)}, 'The case in the report of this broker')) : null,
        cell && cell.replay && cell.verdict !== 'pass' ? el('div', {class: 'replay'}, el('code', null, visible(cell.replay)), copyButton(cell.replay, 'the replay line')) : null);
    })].flat()};
}

frame([['', 'Matrix']], el('p', null, 'Made by Holdfast ' + visible(packed.tool) + '. This file asks no network for anything.'),
  (path, parameters) => (path.startsWith('case/') ? comparisonPage(path.slice(5), parameters) : matrixPage(parameters)));
