// The first page: who was tested, what came out, what to look at first, and the matrix.
'use strict';

// Headings of the two standards.
const sectionNames = {
  '1': 'Introduction', '1.5': 'Data representation', '2': 'Packet format', '2.1': 'Structure of a packet', '2.2': 'Fixed and variable header',
  '2.3': 'Variable header', '3': 'Control Packets', '3.1': 'CONNECT', '3.2': 'CONNACK', '3.3': 'PUBLISH', '3.4': 'PUBACK',
  '3.5': 'PUBREC', '3.6': 'PUBREL', '3.7': 'PUBCOMP', '3.8': 'SUBSCRIBE', '3.9': 'SUBACK', '3.10': 'UNSUBSCRIBE',
  '3.11': 'UNSUBACK', '3.12': 'PINGREQ', '3.13': 'PINGRESP', '3.14': 'DISCONNECT', '3.15': 'AUTH',
  '4': 'Operational behaviour', '4.1': 'Session State', '4.2': 'Network Connections', '4.3': 'Quality of Service',
  '4.4': 'Message delivery retry', '4.5': 'Message receipt', '4.6': 'Message ordering', '4.7': 'Topics',
  '4.8': {'3.1.1': 'Handling errors', '5.0': 'Subscriptions'}, '4.9': 'Flow control', '4.10': 'Request and response',
  '4.11': 'Server redirection', '4.12': 'Enhanced authentication', '4.13': 'Handling errors', '6': 'WebSocket',
};

function sectionName(section) {
  const name = sectionNames[section];
  if (!name) return '';
  return typeof name === 'string' ? name : Object.entries(name).map(([version, text]) => text + ' (' + version + ')').join(', ');
}

const bySection = (a, b) => {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference) return difference;
  }
  return 0;
};

const sectionOf = (one) => one.section.split('.').slice(0, 2).join('.');
const areaOf = (one) => {
  const {row} = mainRequirement({...one, findings: []});
  return row ? row.area : 'other';
};

function identity() {
  const spoken = ['3.1.1', '5.0'].filter((version) => packed.capabilities[version]);
  const facts = [
    packed.system.told_by && packed.system.told_by !== 'embedded' ? ['name told by', packed.system.told_by] : null,
    ['MQTT', spoken.join(' and ') || 'none spoken'],
    ['address', packed.system.address],
    ['seed', packed.seed],
    packed.simulated ? ['time', 'virtual'] : ['took', duration(packed.duration_ns)],
    packed.options.net ? ['network', packed.options.net] : null,
    packed.options.fault ? ['fault', packed.options.fault] : null,
    packed.options.timeout_scale !== 1 ? ['timeouts', '× ' + packed.options.timeout_scale] : null,
    packed.options.strict ? ['strict', 'what is only recommended counts too'] : null,
    packed.options.selectors.length ? ['chosen', packed.options.selectors.join(' ')] : null,
    packed.options.defects.length ? ['broken on purpose', packed.options.defects.join(', ')] : null,
    packed.options.variants.length ? ['variants', packed.options.variants.join(', ')] : null,
  ];
  return el('header', null,
    el('h1', null, brokerName),
    el('ul', {class: 'facts'}, facts.filter(Boolean).map(([name, value]) =>
      el('li', null, name + ' ', el('b', null, visible(value))))));
}

// What an exploration has tried.
function explored() {
  const {histories, steps, faults, flawed, inconclusive} = packed.exploration;
  return histories.toLocaleString('en') + ' random histories with ' + plural(steps, 'step') + ' and ' + plural(faults, 'fault') + '; ' +
    (flawed ? flawed.toLocaleString('en') + ' of them broke a rule. Of each way to break one, the shortest history is a case here.' : 'none of them broke a rule.') +
    (inconclusive ? ' ' + inconclusive.toLocaleString('en') + ' were inconclusive.' : '');
}

// The verdict on the whole run, in words.
function answer() {
  const summary = packed.summary;
  const good = summary.exit_code === 0;
  const tone = good ? 'pass' : summary.error ? 'error' : summary.exit_code === 1 ? 'fail' : 'inconclusive';
  const judged = summary.cases - summary.unsupported - summary.inconclusive;
  const scope = packed.exploration ? explored()
    : plural(judged, 'case') + ' judged of ' + summary.cases.toLocaleString('en') +
      (summary.expected || summary.unexpected
        ? '; ' + summary.expected + ' as the baseline expects, ' + summary.unexpected + ' not' : '') + '.';
  return el('section', {'aria-label': 'Result'},
    el('div', {class: 'answer v-' + tone},
      el('strong', null, mark(tone), ' ', visible(capital(summary.outcome)) + '.'),
      el('p', {class: 'soft'}, scope)));
}

function stackedBar(tally, total) {
  let x = 0;
  const parts = [...verdicts].reverse().filter((verdict) => tally[verdict]).map((verdict) => {
    const width = Math.max(100 * tally[verdict] / total, 0.4);
    const part = svg('rect', {class: 'f-' + verdict, x, width, y: 0, height: 10});
    x += width + 0.15;
    return part;
  });
  return svg('svg', {class: 'stack', viewBox: '0 0 ' + Math.max(x, 1) + ' 10', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, parts);
}

function counts() {
  const tally = packed.summary;
  const shown = ['pass', 'fail', 'non-strict', 'informational', 'unsupported', 'inconclusive', 'error'];
  return el('section', {'aria-label': 'Counts'},
    packed.summary.cases ? stackedBar(tally, tally.cases) : null,
    el('ul', {class: 'counts'}, shown.map((verdict) =>
      el('li', {class: tally[verdict] ? null : 'zero', title: verdictMeanings[verdict]},
        el('a', {href: link('cases', {verdict})},
          el('span', {class: 'figure'}, tally[verdict].toLocaleString('en')), verdictLabel(verdict))))));
}

// Failures by the rule that they break; what a checker found counts with its rule.
function groupsOf(list) {
  const groups = new Map();
  for (const one of list) {
    const {id, row} = mainRequirement(one);
    const key = one.version + ':' + id + ':' + one.verdict;
    if (!groups.has(key)) groups.set(key, {id, row, version: one.version, verdict: one.verdict, members: []});
    groups.get(key).members.push(one);
  }
  return [...groups.values()].sort((a, b) =>
    verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) || b.members.length - a.members.length || a.members[0].index - b.members[0].index);
}

function groupItem(group) {
  const shownMax = 3;
  const rest = group.members.length - shownMax;
  return el('li', {class: 'group'},
    el('div', {class: 'figure v-' + group.verdict}, String(group.members.length),
      el('small', null, group.members.length === 1 ? 'case' : 'cases')),
    el('div', {class: 'what'},
      el('h3', null, group.row ? visible(capital(group.row.title)) : 'No single requirement'),
      group.row ? el('p', null, visible(group.row.text)) : null,
      el('p', {class: 'small soft'}, verdictLabel(group.verdict), ' · ', el('span', {class: 'mono'}, visible(group.id || 'no id')),
        ' · MQTT ' + group.version + (group.row ? ' · section ' + group.row.section : ''))),
    el('ul', null,
      group.members.slice(0, shownMax).map((one) =>
          el('li', null, el('a', {href: link('case/' + one.address)}, visible(one.title)))),
      rest > 0 ? el('li', null, el('a', {href: link('cases', {verdict: group.verdict, version: group.version, q: group.id})},
        'and ' + rest + ' more')) : null));
}

function lookFirst() {
  const shownMax = 12;
  const grave = cases.filter((one) => ['fail', 'error'].includes(one.verdict) || one.standing === 'unexpected');
  const list = grave.length ? grave : cases.filter((one) => ['non-strict', 'inconclusive'].includes(one.verdict));
  const groups = groupsOf(list);
  if (!groups.length) {
    return el('section', null, el('h2', null, 'Nothing to look at first'),
      el('p', null, 'Every case that could be judged passes, or records a choice that the standard leaves open.'));
  }
  return el('section', null,
    el('h2', null, 'Look at this first'),
    el('ol', {class: 'groups'}, groups.slice(0, shownMax).map(groupItem)),
    groups.length > shownMax
      ? el('p', null, el('a', {href: link('cases', {verdict: list[0].verdict})}, 'and ' + (groups.length - shownMax) + ' more rules')) : null);
}

// --- the matrix ---

// A small square for each case: filled softly for a pass, with the mark of the verdict for anything else.
function dots(list) {
  const pitch = 12;
  const perRow = 24;
  const ordered = [...list].sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) || a.index - b.index);
  const width = Math.min(ordered.length, perRow) * pitch;
  const height = Math.ceil(ordered.length / perRow) * pitch;
  return svg('svg', {class: 'dots', width, height, viewBox: '0 0 ' + width + ' ' + height, 'aria-hidden': 'true'},
    ordered.map((one, index) => {
      const x = (index % perRow) * pitch;
      const y = Math.floor(index / perRow) * pitch;
      const square = svg('rect', {class: 'f-' + one.verdict, x, y, width: 10, height: 10, rx: 1.5});
      if (one.verdict === 'pass') return square;
      return [square, svg('path', {d: markPaths[one.verdict], stroke: 'var(--panel)', 'stroke-width': 2.4, fill: 'none',
        transform: 'translate(' + (x + 1) + ' ' + (y + 1) + ') scale(0.5)'})];
    }));
}

function matrixCell(list, parameters, what) {
  if (!list.length) return el('td', {'data-version': parameters.version, class: 'soft'}, '–');
  const tally = tallyOf(list);
  const told = [...verdicts].reverse().filter((verdict) => tally[verdict]);
  return el('td', {'data-version': parameters.version},
    el('a', {class: 'cell', href: link('cases', parameters)},
      el('span', {class: 'hidden'}, what + ', MQTT ' + parameters.version + ': '), dots(list),
      el('span', {class: 'tally'}, told.map((verdict) => verdictLabel(verdict, tally[verdict] + ' ' + verdict)))));
}

function matrixRow(name, section, list, parameters) {
  return el('tr', null,
    el('th', {scope: 'row'}, section ? el('span', {class: 'section'}, section) : null, section ? ' ' : null, name),
    ['3.1.1', '5.0'].map((version) =>
      matrixCell(list.filter((one) => one.version === version), {version, ...parameters}, name || section)));
}

function groupBy(list, key) {
  const groups = new Map();
  for (const one of list) {
    const value = key(one);
    if (!groups.has(value)) groups.set(value, []);
    groups.get(value).push(one);
  }
  return groups;
}

function matrixByChapter() {
  const chapters = groupBy(cases, (one) => one.section.split('.')[0]);
  return [...chapters.keys()].sort(bySection).map((chapter) => {
    const sections = groupBy(chapters.get(chapter), sectionOf);
    return el('tbody', null,
      el('tr', {class: 'chapter'}, el('th', {colspan: 3, scope: 'rowgroup'}, 'Chapter ' + chapter + ': ' + sectionName(chapter))),
      [...sections.keys()].sort(bySection).map((section) =>
        matrixRow(sectionName(section), section, sections.get(section), {section})));
  });
}

function matrixByArea() {
  const areas = groupBy(cases, areaOf);
  return [el('tbody', null, [...areas.keys()].sort().map((area) =>
    matrixRow(capital(area), '', areas.get(area), {area})))];
}

function matrix() {
  const head = el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Part of the standard'),
    el('th', {scope: 'col'}, 'MQTT 3.1.1'), el('th', {scope: 'col'}, 'MQTT 5.0')));
  const table = el('table', {class: 'matrix'});
  const choices = [['By chapter', matrixByChapter], ['By area', matrixByArea]];
  const buttons = choices.map(([name, rows]) => el('button', {class: 'button', type: 'button', onclick: (event) => choose(event.currentTarget, rows)}, name));
  const choose = (button, rows) => {
    for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
    table.replaceChildren(head, ...rows());
  };
  choose(buttons[0], matrixByChapter);
  return el('section', null, el('h2', null, 'The standard, part by part'),
    el('p', {class: 'soft small'}, 'One square for each case. A soft square is a pass; every other verdict carries its mark.'),
    el('div', {role: 'group', 'aria-label': 'Order of the matrix'}, buttons[0], ' ', buttons[1]),
    table);
}

function overviewPage() {
  const content = [identity(), answer()];
  if (cases.length || !packed.exploration) content.push(counts(), lookFirst(), matrix());
  return {title: brokerName + ': ' + packed.summary.outcome, content, under: ''};
}
