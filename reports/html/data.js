// The data of the page: texts stand once in `strings`, and everything else names them by their place. See
// reports/page_data.cpp, which writes it.
'use strict';

const packed = JSON.parse(document.getElementById('data').textContent);
const textAt = (place) => packed.strings[place];
const textsAt = (places) => places.map(textAt);

function unpackTrace(trace) {
  if (!trace) return null;
  let at = 0;
  return {
    connections: trace[0].map(([client, ordinal, version]) => ({client: textAt(client), ordinal, version: textAt(version)})),
    packets: trace[1].map(([connection, from, kind, text, size, arrived, bytes, errors]) => ({
      connection, from: from ? 'server' : 'client', kind: textAt(kind), text: textAt(text), size, arrived, bytes: textAt(bytes),
      errors: errors.map(([requirement, offset, what]) => ({requirement: textAt(requirement), offset, what: textAt(what)})),
    })),
    events: trace[2].map(([later, kind, packet, connection, from, text, value]) => {
      at += later;
      return {
        at, kind: textAt(kind), packet: packet < 0 ? null : packet, connection,
        from: from ? 'server' : 'client', text: textAt(text ?? 0), value: textAt(value ?? 0),
      };
    }),
  };
}

const cases = packed.cases.map((row, index) => {
  const [address, title, level, version, section, requirements, tags, verdict, close, standing, reason, duration,
    observations, procedure, control, interpretations, findings, replay, traceState, trace] = row;
  const found = findings.map(([itsVerdict, requirement, expected, observed, interpretation, checker]) => ({
    verdict: textAt(itsVerdict), requirement: textAt(requirement), expected: textAt(expected),
    observed: textAt(observed), interpretation: textAt(interpretation), checker: textAt(checker),
  }));
  return {
    index, address: textAt(address), title: textAt(title), level: textAt(level), version: textAt(version),
    section: textAt(section), requirements: textsAt(requirements), tags: textsAt(tags), verdict: textAt(verdict),
    close: textAt(close), standing: textAt(standing), reason: textAt(reason), duration,
    observations: textsAt(observations), procedure: textAt(procedure), control: textAt(control),
    interpretations: textsAt(interpretations), findings: found, replay: textAt(replay),
    traceState: textAt(traceState), trace: () => unpackTrace(trace),
  };
});
const caseByAddress = new Map(cases.map((one) => [one.address, one]));

const requirements = packed.requirements.map(([version, id, section, title, subject, level, area, text, observable]) => ({
  version: textAt(version), id: textAt(id), section: textAt(section), title: textAt(title), subject: textAt(subject),
  level: textAt(level), area: textAt(area), text: textAt(text), observable: textAt(observable),
}));
const requirementByKey = new Map(requirements.map((row) => [row.version + ':' + row.id, row]));
const requirementOf = (version, id) => requirementByKey.get(version + ':' + id);

// The requirement that a case is about: of its gravest finding, else the first that it names.
function mainRequirement(one) {
  const id = (one.findings[0] && one.findings[0].requirement) || one.requirements[0] || '';
  return {id, row: requirementOf(one.version, id)};
}

const brokerName = visible(packed.system.name || 'A broker that does not tell its name');

function tallyOf(list) {
  const tally = Object.fromEntries(verdicts.map((verdict) => [verdict, 0]));
  for (const one of list) tally[one.verdict] += 1;
  return tally;
}

const evidencePath = (address, extension) =>
  /^mqtt[0-9a-z./-]+$/.test(address) ? 'evidence/' + address.replaceAll('/', '.') + extension : null;
