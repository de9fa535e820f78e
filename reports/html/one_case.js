// The page of one case: the rule, what was expected and observed, how it was tested, what happened.
'use strict';

function ruleBlock(version, id, isLesser) {
  const row = requirementOf(version, id);
  return el('div', {class: 'rule' + (isLesser ? ' lesser' : '')},
    el('p', null, row ? visible(row.text) : 'A requirement without a row in the table.'),
    el('p', {class: 'small soft'}, el('a', {class: 'mono', href: link('requirements', {q: id, version})}, visible(id)),
      row ? ' · ' + row.level + ' · binds ' + (row.subject === 'both' ? 'both sides' : 'the ' + row.subject) + ' · section ' + row.section + ' of MQTT ' + version : ''));
}

function compareBlock(finding) {
  const isBad = ['fail', 'error', 'non-strict'].includes(finding.verdict);
  return el('div', {class: 'compare'},
    finding.expected ? el('div', null, el('h2', null, 'Expected'), el('p', null, visible(finding.expected))) : null,
    el('div', {class: isBad ? 'bad' : null}, el('h2', null, 'Observed'), el('p', null, visible(finding.observed || 'nothing'))));
}

function interpretationBlock(id) {
  const row = packed.interpretations[id];
  if (!row) return el('p', {class: 'soft'}, 'Interpretation ' + visible(id));
  return el('details', null, el('summary', null, 'This rule can be read in two ways (' + visible(id) + ')'),
    el('dl', {class: 'pairs'},
      [['Question', row.question], ['One reading', row.reading_a], ['The other', row.reading_b], ['Chosen here', row.choice], ['Verdict', row.verdict]]
        .flatMap(([name, text]) => [el('dt', null, name), el('dd', null, visible(text))])));
}

function otherFindings(one) {
  if (one.findings.length < 2) return null;
  return el('section', null, el('h2', null, 'Also found'),
    one.findings.slice(1).map((finding) => el('div', {class: 'rule lesser'},
      el('p', null, verdictLabel(finding.verdict), ' ', el('span', {class: 'mono small'}, visible(finding.requirement)),
        finding.checker ? el('span', {class: 'small soft'}, ' · checker ' + visible(finding.checker)) : null),
      finding.expected ? el('p', {class: 'small'}, el('span', {class: 'soft'}, 'expected '), visible(finding.expected)) : null,
      el('p', {class: 'small'}, el('span', {class: 'soft'}, 'observed '), visible(finding.observed)))));
}

function traceLines(trace) {
  const name = (connection) => visible(trace.connections[connection - 1].client) + '#' + trace.connections[connection - 1].ordinal;
  return trace.events.map((event) => {
    const packet = event.packet === null ? null : trace.packets[event.packet];
    const arrow = (from) => (from === 'client' ? '->' : '<-');
    const what = packet ? name(packet.connection) + '  ' + arrow(packet.from) + ' ' + visible(packet.text) + (event.kind === 'arrives' ? '  (arrives)' : '')
      : (event.connection ? name(event.connection) + '  ' : '') + event.kind + (event.text ? ': ' + visible(event.text) : '') + (event.value ? ' = ' + event.value : '');
    return '+' + (event.at / 1e6).toFixed(3) + ' ms  ' + what;
  }).join('\n');
}

function traceSection(one) {
  const trace = one.trace();
  if (!trace) {
    const why = one.traceState === 'left out' ? 'The trace of this case did not fit into this page. It is in the evidence and in results.json.'
      : one.verdict === 'unsupported' ? null : 'A pass keeps no trace unless it is asked for (--all-traces).';
    return why ? el('section', null, el('h2', null, 'What happened'), el('p', {class: 'soft'}, why)) : null;
  }
  const drawing = el('div', {class: 'diagram', tabindex: 0, role: 'region', 'aria-label': 'What happened, as a diagram'});
  const panel = el('div');
  let picked = null;
  const pick = (packet) => {
    picked = picked === packet ? null : packet;
    for (const node of drawing.querySelectorAll('.packet')) node.setAttribute('aria-pressed', String(picked !== null && node.dataset.packet === String(picked)));
    panel.replaceChildren(...(picked === null ? [] : [bytesPanel(trace, picked)]));
    if (picked !== null) panel.firstChild.scrollIntoView({block: 'nearest'});
  };
  const draw = () => drawing.replaceChildren(sequenceDiagram(trace, drawing.clientWidth || 1000, picked, pick));
  requestAnimationFrame(draw);
  let widthNow = 0;
  new ResizeObserver(() => {
    if (drawing.clientWidth === widthNow) return;
    widthNow = drawing.clientWidth;
    draw();
  }).observe(drawing);
  return el('section', null, el('h2', null, 'What happened'),
    el('p', {class: 'soft small'}, (packed.simulated ? 'Times are virtual' : 'Times are real') + ' and count from the first event. Choose a packet to see its bytes.'),
    drawing, panel,
    el('details', null, el('summary', null, 'As text'), el('pre', {tabindex: 0}, traceLines(trace))));
}

function evidenceLinks(one) {
  if (one.traceState === 'none') return null;
  const files = [['capture for Wireshark', '.pcapng'], ['text', '.txt']].map(([name, extension]) => [name, evidencePath(one.address, extension)]);
  if (!files[0][1]) return null;
  return [el('dt', null, 'Evidence'), el('dd', null, files.map(([name, path], index) => [index ? ' · ' : '', el('a', {href: path}, name)]))];
}

function steps(one) {
  const at = lastList.indexOf(one);
  if (at < 0) return null;
  const step = (other, text, rel) => (other ? el('a', {href: link('case/' + other.address), rel}, text) : null);
  return el('span', null, step(lastList[at - 1], '← previous', 'prev'), lastList[at - 1] && lastList[at + 1] ? ' · ' : '',
    step(lastList[at + 1], 'next →', 'next'));
}

function casePage(address) {
  const one = caseByAddress.get(address);
  if (!one) {
    return {title: 'No such case', under: 'cases', content: [el('header', null, el('h1', null, 'There is no case ' + visible(address)),
      el('p', null, el('a', {href: link('cases')}, 'All cases')))]};
  }
  const [first] = one.findings;
  const judged = mainRequirement(one).id;
  const lesser = one.requirements.filter((id) => id !== judged);
  const interpretations = [...new Set([first && first.interpretation, ...one.interpretations].filter(Boolean))];
  const isExplored = one.tags.includes('explore');
  const content = [
    el('header', null,
      el('div', {class: 'crumbs'}, el('a', {href: link('cases', lastParameters)}, lastList.length < cases.length ? '← ' + plural(lastList.length, 'case') : '← all cases'), steps(one)),
      el('h1', null, visible(one.title)),
      el('p', {class: 'mono soft'}, one.address),
      el('ul', {class: 'facts'}, el('li', null, verdictLabel(one.verdict)),
        el('li', null, 'MQTT ' + one.version + ', section ' + one.section), el('li', null, 'level ' + one.level),
        el('li', null, 'took ' + duration(one.duration) + (packed.simulated ? ', virtual' : '')),
        one.close !== 'none' ? el('li', null, 'close ' + one.close) : null,
        one.standing !== 'as-is' ? el('li', null, 'baseline: ' + one.standing + (one.reason ? ' (' + visible(one.reason) + ')' : '')) : null)),
    first ? el('section', {'aria-label': 'Expected and observed'}, compareBlock(first),
      first.checker ? el('p', {class: 'small soft'}, 'Found by the checker ' + visible(first.checker) + ', which judges every case.') : null) : null,
    isExplored ? el('section', null, el('h2', null, 'The history'),
      el('ol', {class: 'mono'}, one.procedure.split('; ').map((step) => el('li', null, visible(step))))) : null,
    el('section', null, el('h2', null, 'The rule'), judged ? ruleBlock(one.version, judged, false) : el('p', {class: 'soft'}, 'The case names no requirement.'),
      interpretations.map(interpretationBlock)),
    otherFindings(one),
    traceSection(one),
    one.observations.length ? el('section', null, el('h2', null, 'Noted'), el('ul', null, one.observations.map((text) => el('li', null, visible(text))))) : null,
    el('section', null, el('h2', null, 'How it is tested'),
      el('dl', {class: 'pairs'},
        one.procedure && !isExplored ? [el('dt', null, 'Procedure'), el('dd', null, visible(one.procedure))] : null,
        one.control ? [el('dt', null, 'Control'), el('dd', null, visible(one.control))] : null,
        one.tags.length ? [el('dt', null, 'Tags'), el('dd', {class: 'tags'}, one.tags.map((tag) => el('a', {href: link('cases', {tag})}, visible(tag))))] : null,
        evidenceLinks(one))),
    one.replay ? el('section', null, el('h2', null, 'Do it again'),
      el('div', {class: 'replay'}, el('code', {id: 'replay'}, visible(one.replay)), copyButton(one.replay, 'the replay line'))) : null,
    lesser.length ? el('section', null, el('h2', null, 'Also touches'), lesser.map((id) => ruleBlock(one.version, id, true))) : null,
  ];
  return {title: visible(one.title) + ' · ' + brokerName, content: content.filter(Boolean), under: 'cases'};
}
