// Requirements and their state; what the broker announced.
'use strict';

const casesOfRequirement = new Map();
for (const one of cases) {
  for (const id of new Set([...one.requirements, ...one.findings.map((finding) => finding.requirement)])) {
    const key = one.version + ':' + id;
    if (!casesOfRequirement.has(key)) casesOfRequirement.set(key, []);
    casesOfRequirement.get(key).push(one);
  }
}

// What this run says of a requirement: the gravest verdict of a case that judges it first, or is about it.
function stateOf(row) {
  const list = casesOfRequirement.get(row.version + ':' + row.id) || [];
  const against = list.filter((one) => one.findings.some((finding) => finding.requirement === row.id && ['fail', 'non-strict', 'error'].includes(finding.verdict)));
  const broken = ['fail', 'error', 'non-strict'].find((verdict) =>
    against.some((one) => one.findings.some((finding) => finding.requirement === row.id && finding.verdict === verdict)));
  if (broken) return {verdict: broken, text: broken === 'fail' ? 'broken' : broken, list};
  if (list.some((one) => one.verdict === 'pass' || one.verdict === 'informational')) return {verdict: 'pass', text: 'kept', list};
  if (list.length) return {verdict: 'inconclusive', text: 'not judged', list};
  return {verdict: 'unsupported', text: 'no case in this run', list};
}

const ledgerOf = (row) => ((packed.ledger || {})[row.version] || {})[row.id];

const ledgerStatuses = ['tested', 'untested', 'restart', 'client', 'not observable'];

// "Of 199 rows that bind the server and that the wire shows, 190 are tested: 95 %."
function ledgerSentence(version) {
  const statuses = Object.values((packed.ledger || {})[version] || {}).map((line) => line.status);
  const tested = statuses.filter((status) => status === 'tested').length;
  const countable = tested + statuses.filter((status) => status === 'untested').length;
  return countable ? el('p', null, 'MQTT ' + version + ': of ' + countable + ' requirements that bind the server and that the wire shows, ' +
    tested + ' are tested by Holdfast (' + Math.floor(100 * tested / countable) + ' %).') : null;
}

function requirementRow(row) {
  const state = stateOf(row);
  const told = ledgerOf(row);
  return el('tr', null,
    el('th', {scope: 'row', class: 'mono'}, visible(row.id), el('br'), el('span', {class: 'soft'}, row.section + ' · ' + row.version)),
    el('td', null, el('b', null, visible(capital(row.title))), el('br'), visible(row.text), told ? el('p', {class: 'small soft'}, visible(told.text)) : null),
    el('td', {class: 'word'}, row.level, el('br'), el('span', {class: 'soft small'}, row.subject === 'both' ? 'both sides' : row.subject)),
    el('td', null, verdictLabel(state.verdict, state.text)),
    el('td', {class: 'number word'}, state.list.length
      ? el('a', {href: link('cases', {q: row.id, version: row.version}), 'aria-label': plural(state.list.length, 'case') + ' of ' + row.id}, plural(state.list.length, 'case')) : '–'));
}

function requirementsPage(parameters) {
  const chosen = {q: parameters.get('q') || '', version: parameters.get('version') || '', state: parameters.get('state') || '', ledger: parameters.get('ledger') || ''};
  const states = ['broken', 'non-strict', 'kept', 'not judged', 'no case in this run'];
  const body = el('tbody');
  const count = el('p', {role: 'status', class: 'soft'});
  const show = () => {
    const words = chosen.q.toLowerCase().split(/\s+/).filter(Boolean);
    const list = requirements.filter((row) => (!chosen.version || row.version === chosen.version) &&
      (!chosen.state || stateOf(row).text === chosen.state) &&
      (!chosen.ledger || (ledgerOf(row) || {}).status === chosen.ledger) &&
      words.every((word) => (row.id + ' ' + row.title + ' ' + row.text + ' ' + row.area + ' ' + row.section).toLowerCase().includes(word)));
    body.replaceChildren(...list.map(requirementRow));
    count.textContent = plural(list.length, 'requirement') + (list.length < requirements.length ? ' of ' + requirements.length : '');
  };
  const change = (name) => (event) => {
    chosen[name] = event.currentTarget.value;
    history.replaceState(null, '', link('requirements', chosen));
    show();
  };
  const select = (name, label, values) => el('label', null, label, el('select', {onchange: change(name)}, el('option', {value: ''}, 'all'),
    values.map((value) => el('option', {value, selected: chosen[name] === value}, value))));
  const summary = ['3.1.1', '5.0'].map((version) => {
    const rows = requirements.filter((row) => row.version === version);
    const tally = Object.fromEntries(states.map((state) => [state, rows.filter((row) => stateOf(row).text === state).length]));
    return el('tr', null, el('th', {scope: 'row'}, 'MQTT ' + version), el('td', {class: 'number'}, String(rows.length)), states.map((state) =>
      el('td', {class: 'number'}, el('a', {href: link('requirements', {version, state}), 'aria-label': tally[state] + ' ' + state + ' in MQTT ' + version}, String(tally[state])))));
  });
  show();
  return {title: 'Requirements · ' + brokerName, under: 'requirements', content: [
    el('header', null, el('h1', null, 'Requirements'),
      el('p', null, 'Every numbered statement of both standards, and the rules that stand in their text without a number, in our words.')),
    el('section', {'aria-label': 'Summary'}, ledgerSentence('3.1.1'), ledgerSentence('5.0'), el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Counts of requirements'}, el('table', {class: 'table'},
      el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Standard'), el('th', {scope: 'col', class: 'number'}, 'all'), states.map((state) => el('th', {scope: 'col', class: 'number'}, state)))),
      el('tbody', null, summary)))),
    el('section', {'aria-label': 'Requirements'},
      el('form', {class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault()},
        el('label', {class: 'search'}, 'Text or id', el('input', {type: 'search', value: chosen.q, autocomplete: 'off', oninput: change('q')})),
        select('version', 'Version', ['3.1.1', '5.0']), select('state', 'State', states),
        packed.ledger ? select('ledger', 'Ledger', ledgerStatuses) : null),
      count,
      el('table', {class: 'table stacked'}, el('thead', null, el('tr', null, ['Id', 'Requirement', 'Level', 'State', 'Cases'].map((name, index) => el('th', {scope: 'col', class: index === 4 ? 'number' : null}, name)))), body))]};
}

// --- what the broker announced and chose ---

const capabilityNames = {
  maximum_qos: 'Maximum QoS', retain: 'Retained messages', wildcard: 'Wildcard subscriptions', subscription_identifiers: 'Subscription Identifiers',
  shared_subscription: 'Shared subscriptions', empty_client_id: 'Empty client identifier', topic_alias_maximum: 'Topic Alias Maximum',
  receive_maximum: 'Receive Maximum', maximum_packet_size: 'Maximum Packet Size', server_keep_alive: 'Server Keep Alive',
  session_expiry_for_600: 'Session Expiry Interval, 600 s asked', takes_short_session_expiry: 'A Session Expiry Interval of 1 s is taken', round_trip_ns: 'CONNECT to CONNACK, slowest',
};

function capabilityText(name, value) {
  if (value === null) return 'the client’s is taken';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (name === 'round_trip_ns') return duration(value);
  if (name === 'maximum_packet_size') return value.toLocaleString('en') + ' bytes';
  if (name === 'session_expiry_for_600' || name === 'server_keep_alive') return value.toLocaleString('en') + ' s';
  return typeof value === 'number' ? value.toLocaleString('en') : visible(value);
}

// What was observed where nothing is wrong; the same answer of several cases once.
function choices() {
  const told = new Map();
  for (const one of cases) {
    if (one.verdict !== 'informational' && !(one.verdict === 'pass' && one.observations.length)) continue;
    const texts = [one.verdict === 'informational' && one.findings[0] ? one.findings[0].observed : '', ...one.observations].filter(Boolean);
    const key = one.version + texts.join('\n');
    if (!told.has(key)) told.set(key, {first: one, texts, count: 0});
    told.get(key).count += 1;
  }
  return el('section', null, el('h2', null, 'What it chose'),
    el('p', {class: 'soft'}, 'Where the standard leaves a choice, this is what the broker does.'),
    told.size ? el('table', {class: 'table stacked'},
      el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Case'), el('th', {scope: 'col'}, 'Observed'), el('th', {scope: 'col'}, 'MQTT'))),
      el('tbody', null, [...told.values()].map(({first, texts, count}) => el('tr', null,
        el('td', null, el('a', {href: link('case/' + first.address)}, visible(first.title)), count > 1 ? el('p', {class: 'small soft'}, 'and ' + plural(count - 1, 'other case')) : null),
        el('td', null, texts.slice(0, 6).map((text) => el('p', null, visible(text)))),
        el('td', {class: 'word'}, first.version))))) : el('p', null, 'Nothing was recorded in this run.'));
}

// What the preflight has learnt, line by line.
function probed() {
  const lines = packed.probe || [];
  if (!lines.length) return null;
  return el('section', null, el('h2', null, 'What it answers when asked'),
    el('table', {class: 'table stacked'},
      el('thead', null, el('tr', null, ['Question', 'Answer', 'How', 'MQTT'].map((name) => el('th', {scope: 'col'}, name)))),
      el('tbody', null, lines.map((line) => el('tr', null,
        el('td', null, visible(line.question)), el('td', null, visible(line.answer)),
        el('td', {class: 'word soft'}, visible(line.how)), el('td', {class: 'word'}, line.version))))));
}

function brokerPage() {
  const spoken = ['3.1.1', '5.0'].filter((version) => packed.capabilities[version]);
  const table = el('table', {class: 'table'},
    el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Announced, or found by trial'), spoken.map((version) => el('th', {scope: 'col', class: 'number'}, 'MQTT ' + version)))),
    el('tbody', null, Object.entries(capabilityNames).map(([key, name]) => el('tr', null, el('th', {scope: 'row'}, name),
      spoken.map((version) => el('td', {class: 'number'}, capabilityText(key, packed.capabilities[version][key])))))));
  return {title: 'What it announced · ' + brokerName, under: 'broker', content: [
    identity(),
    el('section', null, el('h2', null, 'What it announced'), spoken.length ? table : el('p', null, 'It speaks neither version.')),
    probed(), choices()].filter(Boolean)};
}
