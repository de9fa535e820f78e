// The sequence diagram of a case: a lane for each client and one for the broker, time from top to bottom, each
// packet an arrow, and a fault on the arrow that it struck. A slanted arrow was under way while something else
// happened.
'use strict';

const layout = {laneGap: 190, top: 46, row: 32, remark: 15, gapRow: 24, widest: 1040};

const measuring = document.createElement('canvas').getContext('2d');
function fitted(text, pixels, font) {
  measuring.font = font || '13px system-ui, sans-serif';
  if (measuring.measureText(text).width <= pixels) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measuring.measureText(text.slice(0, middle) + '…').width <= pixels) low = middle;
    else high = middle - 1;
  }
  return text.slice(0, low).trimEnd() + '…';
}

const remarkFont = '600 12.5px system-ui, sans-serif';

// Lines of whole words, each as wide as there is room; a word that is wider still is cut.
function wrapped(text, pixels, font) {
  measuring.font = font;
  const lines = [];
  for (const word of text.split(' ')) {
    const longer = lines.length ? lines[lines.length - 1] + ' ' + word : word;
    if (lines.length && measuring.measureText(longer).width <= pixels) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => fitted(line, pixels, font));
}

const endWords = {fin: 'closes (FIN)', reset: 'resets (RST)', refused: 'refuses the connection'};

// Rows in the order of time, arrows between rows, and how long each connection lived.
function sequenceOf(trace) {
  const rows = [];
  const arrows = [];
  const lives = [];
  const sent = new Map();
  const closing = new Map();
  const alive = new Map();
  let verdictsShown = 0;

  const addRow = (at, more) => rows.push({at, ...more}) - 1;
  const waitRow = (at) => {
    const last = rows[rows.length - 1];
    if (last && at - last.at >= 1e8) rows.push({at, gap: at - last.at});
  };
  const isLast = (arrow) => arrow.fromRow === rows.length - 1;
  const endLife = (connection, row) => {
    const life = alive.get(connection);
    if (life) life.toRow = row;
    alive.delete(connection);
  };

  for (const event of trace.events) {
    if (event.kind === 'established' || event.kind === 'draw') continue;
    if (event.kind !== 'arrives' || !sent.has(event.packet) || !isLast(sent.get(event.packet))) waitRow(event.at);
    if (event.kind === 'opens') {
      const row = addRow(event.at);
      arrows.push({connection: event.connection, from: 'client', fromRow: row, toRow: row, quiet: true, text: 'opens a connection'});
      const life = {connection: event.connection, fromRow: row, toRow: null};
      lives.push(life);
      alive.set(event.connection, life);
    } else if (event.kind === 'sent') {
      const packet = trace.packets[event.packet];
      const arrow = {...packet, packet: event.packet, at: event.at, fromRow: addRow(event.at), toRow: null, arrivedAt: null};
      arrows.push(arrow);
      sent.set(event.packet, arrow);
    } else if (event.kind === 'arrives') {
      const arrow = sent.get(event.packet);
      if (!arrow) continue;
      arrow.arrivedAt = event.at;
      // What arrives at the moment it was sent was never under way while something else happened.
      arrow.toRow = isLast(arrow) || event.at === arrow.at ? arrow.fromRow : addRow(event.at, {small: true});
    } else if (event.kind === 'closes') {
      const row = addRow(event.at);
      const arrow = {connection: event.connection, from: event.from, at: event.at, fromRow: row, toRow: null, quiet: true, text: endWords[event.text] || event.text};
      arrows.push(arrow);
      closing.set(event.connection + event.from, arrow);
      if (event.from === 'client' || event.text === 'refused') endLife(event.connection, row);
    } else if (event.kind === 'close arrives') {
      const arrow = closing.get(event.connection + event.from);
      const row = arrow && (isLast(arrow) || event.at === arrow.at) ? arrow.fromRow : addRow(event.at, {small: Boolean(arrow)});
      if (arrow) arrow.toRow = row;
      else arrows.push({connection: event.connection, from: event.from, fromRow: row, toRow: row, quiet: true, struck: true, text: endWords[event.text] || event.text});
      if (event.from === 'server') endLife(event.connection, row);
    } else if (event.kind === 'fault') {
      const hit = arrows.filter((arrow) => arrow.connection === event.connection && arrow.packet !== undefined &&
        arrow.toRow === null && arrow.arrived < arrow.size && !arrow.fault).pop();
      if (hit) hit.fault = event.text;
      else addRow(event.at, {bolt: event.text, connection: event.connection});
    } else if (event.kind === 'verdict') {
      verdictsShown += 1;
      if (verdictsShown <= 3) addRow(event.at, {verdict: event.text});
    } else {
      addRow(event.at, {remark: event.kind === 'left out' ? event.text + ' are left out here' : event.text});
    }
  }
  return {rows, arrows, lives};
}

function place(rows, arrows) {
  let y = layout.top + 14;
  let told = null;
  for (const row of rows) {
    const above = row.boltLines ? (row.boltLines.length - 1) * layout.remark : 0;
    row.y = y + above + (row.gap !== undefined || row.small ? 12 : 20);
    y += above + (row.gap !== undefined || row.small ? layout.gapRow : layout.row);
    // A moment is told once.
    row.time = row.gap === undefined && !row.small && row.at !== told ? row.at : null;
    if (row.time !== null) told = row.at;
    const here = arrows.filter((arrow) => rows[arrow.fromRow] === row);
    y += layout.remark * Math.max(0, ...here.map((arrow) => arrow.remarkLines.length));
  }
  return y + 16;
}

function remarkOf(arrow) {
  if (arrow.packet === undefined || arrow.toRow !== null) return '';
  if (arrow.fault) return 'fault: ' + arrow.fault + (arrow.arrived ? ' · ' + arrow.arrived + ' of ' + arrow.size + ' bytes arrive' : ' · nothing of it arrives');
  if (arrow.arrived === arrow.size) return '';
  return arrow.arrived ? arrow.arrived + ' of ' + arrow.size + ' bytes arrive' : 'does not arrive';
}

const boltPath = (x, y) => 'M' + (x - 3) + ' ' + (y - 13) + 'l-5 11h8l-5 12';

function drawArrow(arrow, rows, x, pick, isPicked) {
  const fromX = arrow.from === 'client' ? x.client(arrow.connection) : x.broker;
  const goalX = arrow.from === 'client' ? x.broker : x.client(arrow.connection);
  const y1 = rows[arrow.fromRow].y;
  const isLost = arrow.toRow === null && (arrow.packet === undefined ? false : arrow.arrived < arrow.size);
  const y2 = arrow.toRow === null ? y1 : rows[arrow.toRow].y;
  const direction = goalX > fromX ? 1 : -1;
  const toX = isLost ? fromX + (goalX - fromX) * 0.68 : goalX - direction * 3;
  const tone = isLost ? ' struck' : arrow.quiet ? ' quiet' : '';
  const tipTone = isLost ? 'struck-tip' : arrow.quiet ? 'quiet-tip' : 'tip';
  const room = Math.abs((isLost ? toX : goalX) - fromX) - 26;
  const label = fitted(visible(arrow.text), room, arrow.quiet ? '12px system-ui, sans-serif' : undefined);
  measuring.font = arrow.quiet ? '12px system-ui, sans-serif' : '13px system-ui, sans-serif';
  const labelX = direction > 0 ? fromX + 12 : Math.min(fromX, x.broker) - 12;
  const anchor = direction > 0 ? 'start' : 'end';
  const wide = measuring.measureText(label).width;
  const angle = Math.atan2(y2 - y1, toX - fromX);
  const tip = (offset) => (toX - 8 * Math.cos(angle + offset)).toFixed(1) + ' ' + (y2 - 8 * Math.sin(angle + offset)).toFixed(1);
  const parts = [
    svg('line', {class: 'arrow' + tone, x1: fromX + direction * 3, y1, x2: toX, y2}),
    isLost && arrow.fault
      ? svg('path', {class: 'bolt', d: boltPath(toX + direction * 7, y2)})
      : isLost
        ? svg('path', {class: 'bolt', d: 'M' + (toX - 4) + ' ' + (y2 - 4) + 'l8 8m0 -8l-8 8'})
        : svg('path', {class: tipTone, d: 'M' + toX + ' ' + y2 + 'L' + tip(0.42) + 'L' + tip(-0.42) + 'Z'}),
    svg('rect', {class: 'label-back', x: direction > 0 ? labelX - 2 : labelX - wide - 2, y: y1 - 19, width: wide + 4, height: 15}),
    svg('text', {class: arrow.quiet ? 'remark label' : 'label', x: labelX, y: y1 - 7, 'text-anchor': anchor}, label),
  ];
  const remark = remarkOf(arrow);
  arrow.remarkLines.forEach((line, index) => parts.push(svg('text', {class: arrow.fault ? 'fault-text' : 'remark', x: labelX,
    y: y1 + 15 + index * layout.remark, 'text-anchor': anchor}, line)));
  if (arrow.packet === undefined) return svg('g', null, svg('title', null, visible(arrow.text)), parts);
  const told = visible(arrow.text) + (remark ? ', ' + visible(remark) : '') + ', from ' +
    (arrow.from === 'client' ? x.name(arrow.connection) : 'the broker') + ' at ' + duration(arrow.at);
  const act = () => pick(arrow.packet);
  return svg('g', {class: 'packet', tabindex: 0, role: 'button', 'aria-pressed': String(isPicked),
    'data-packet': arrow.packet, onclick: act,
    onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); act(); } }},
  svg('title', null, told),
  svg('rect', {class: 'hit', x: Math.min(fromX, goalX) + 2, y: y1 - 21, width: Math.abs(goalX - fromX) - 4, height: 26 + arrow.remarkLines.length * layout.remark, rx: 4}),
  parts);
}

function drawRow(row, x) {
  const middle = (x.first + x.broker) / 2;
  const time = row.time === null ? null : svg('text', {class: 'time', x: x.gutter - 16, y: row.y + 4}, row.at === 0 ? '0 s' : '+' + duration(row.at));
  if (row.gap !== undefined) {
    return [svg('line', {class: 'gap', x1: x.gutter - 8, x2: x.width - 12, y1: row.y, y2: row.y, 'stroke-dasharray': '1 5'}),
      svg('rect', {class: 'label-back', x: middle - 62, y: row.y - 9, width: 124, height: 18}),
      svg('text', {class: 'remark-middle', x: middle, y: row.y + 4}, duration(row.gap) + ' of silence')];
  }
  if (row.bolt !== undefined) {
    const at = row.connection ? (x.client(row.connection) + x.broker) / 2 : middle;
    const end = row.connection ? x.client(row.connection) : x.first;
    return [time, svg('line', {class: 'arrow struck', 'stroke-dasharray': '3 4', x1: end, x2: x.broker, y1: row.y, y2: row.y}),
      svg('path', {class: 'bolt', d: boltPath(at, row.y)}),
      row.boltLines.map((line, index) => svg('text', {class: 'fault-text', x: Math.min(end, x.broker) + 12,
        y: row.y - 7 - (row.boltLines.length - 1 - index) * layout.remark}, svg('title', null, visible(row.bolt)), line))];
  }
  const words = row.verdict ?? row.remark;
  if (words === undefined) return time;
  const verdict = row.verdict === undefined ? null : verdicts.find((name) => row.verdict.startsWith(name));
  const left = x.gutter + (verdict ? 18 : 0);
  const text = fitted(visible(words), x.width - left - 16, remarkFont);
  return [verdict ? null : time,
    svg('rect', {class: 'label-back', x: x.gutter - 6, y: row.y - 11, width: x.width - x.gutter - 6, height: 20}),
    verdict ? svg('g', {class: 'v-' + verdict, transform: 'translate(' + x.gutter + ' ' + (row.y - 7) + ') scale(0.9)'},
      svg('path', {d: markPaths[verdict], fill: 'none', stroke: 'currentColor', 'stroke-width': 2})) : null,
    svg('text', {class: verdict ? 'outcome' : 'remark', x: left, y: row.y + 4}, svg('title', null, visible(words)), text)];
}

// available: pixels that the page has for it. pick(packet) is called when the reader wants its bytes.
function sequenceDiagram(trace, available, picked, pick) {
  const names = [...new Set(trace.connections.map((connection) => connection.client))];
  const {rows, arrows, lives} = sequenceOf(trace);
  // A phone has no room to spare at the sides.
  const gutter = available < 600 ? 64 : 92;
  const edge = available < 600 ? 34 : 64;
  const needed = gutter + edge * 2 + Math.max(names.length, 1) * (names.length > 1 ? layout.laneGap : 200);
  const width = Math.max(needed, Math.min(available, layout.widest));
  const first = gutter + edge;
  const broker = width - edge;
  const step = (broker - first) / Math.max(names.length, 1);
  const x = {
    width, gutter, first, broker,
    name: (connection) => visible(trace.connections[connection - 1].client),
    client: (connection) => first + step * names.indexOf(trace.connections[connection - 1].client),
  };
  // A remark has the room between its lanes, whatever that takes in lines.
  for (const arrow of arrows) {
    const room = broker - x.client(arrow.connection) - 20;
    const remark = remarkOf(arrow);
    arrow.remarkLines = remark ? wrapped(visible(remark), room, remarkFont) : [];
  }
  for (const row of rows) {
    if (row.bolt === undefined) continue;
    const start = row.connection ? x.client(row.connection) : first;
    row.boltLines = wrapped('fault: ' + visible(row.bolt), broker - start - 20, remarkFont);
  }
  const height = place(rows, arrows);
  const lanes = [...names.map((name, index) => [visible(name), first + step * index]), ['broker', broker]];
  const head = lanes.map(([name, at]) => [
    svg('line', {class: 'lane', x1: at, x2: at, y1: layout.top - 12, y2: height - 8}),
    svg('text', {class: 'lane-name', x: at, y: 24}, fitted(name, step - 12, '600 13px system-ui, sans-serif')),
  ]);
  const living = lives.map((life) => svg('line', {class: 'alive', x1: x.client(life.connection), x2: x.client(life.connection),
    y1: rows[life.fromRow].y - 6, y2: life.toRow === null ? height - 8 : rows[life.toRow].y}));
  // Backs first, so that no line crosses a text that is drawn later.
  return svg('svg', {width, height, viewBox: '0 0 ' + width + ' ' + height, role: 'group', 'aria-label': 'Sequence diagram: ' + names.map(visible).join(', ') + ' and the broker'},
    head, living, rows.map((row) => drawRow(row, x)),
    arrows.map((arrow) => drawArrow(arrow, rows, x, pick, picked === arrow.packet)));
}
