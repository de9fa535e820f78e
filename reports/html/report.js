// The pages of a report and how they hang together.
'use strict';

frame([['', 'Result'], ['cases', 'Cases'], ['requirements', 'Requirements'], ['broker', 'Broker']],
  el('p', null, 'Made by Holdfast ' + visible(packed.tool.version) + ' with seed ' + packed.seed + '. ' +
    (packed.options.redact ? 'Payloads were left out. ' : '') + 'This file asks no network for anything.'),
  (path, parameters) => {
    if (path === 'cases') return casesPage(parameters);
    if (path.startsWith('case/')) return casePage(path.slice(5));
    if (path === 'requirements') return requirementsPage(parameters);
    if (path === 'broker') return brokerPage();
    return overviewPage();
  });
