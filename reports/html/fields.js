// The fields of a packet: which bytes are what. It names what it can read; the judgement of the bytes was made by
// the program that recorded them.
'use strict';

const packetNames = ['RESERVED', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE', 'SUBACK',
  'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT', 'AUTH'];

class FieldReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.fields = [];
  }

  get left() { return this.bytes.length - this.at; }

  // Adds `length` bytes as one field; throws if they are not there.
  take(length, name, describe) {
    if (this.left < length) throw new RangeError('ends within ' + name);
    const bytes = this.bytes.slice(this.at, this.at + length);
    this.fields.push({offset: this.at, bytes, name, value: describe ? describe(bytes) : ''});
    this.at += length;
    return bytes;
  }

  number(length, name, describe) {
    const value = (bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    return value(this.take(length, name, (bytes) => (describe ? describe(value(bytes)) : String(value(bytes)))));
  }

  variable(name) {
    let length = 1;
    while (length < 4 && this.bytes[this.at + length - 1] & 0x80) length += 1;
    const value = (bytes) => bytes.reduceRight((sum, byte) => sum * 128 + (byte & 0x7f), 0);
    return value(this.take(length, name, (bytes) => String(value(bytes))));
  }

  text(name) {
    const length = this.number(2, 'length of ' + name);
    if (length) this.take(length, name, textOfBytes);
    return length;
  }

  rest(name) {
    if (this.left > 0) this.take(this.left, name, textOfBytes);
  }
}

const textOfBytes = (bytes) => '“' + visible(new TextDecoder().decode(new Uint8Array(bytes))) + '”';
const bits = (names) => (value) => names.map(([bit, name]) => (value & bit ? name : '')).filter(Boolean).join(', ') || 'none set';
const hexByte = (value) => '0x' + value.toString(16).toUpperCase().padStart(2, '0');

function readProperties(reader, what) {
  const length = reader.variable('length of the ' + what);
  const end = reader.at + length;
  while (reader.at < end) {
    const id = reader.bytes[reader.at];
    const [name, type] = packed.properties[id] || [null, null];
    if (!name) throw new RangeError('no property has the identifier ' + hexByte(id ?? 0));
    reader.take(1, 'property', () => hexByte(id) + ' ' + name);
    if (type === 'byte') reader.number(1, name);
    else if (type === 'two_bytes') reader.number(2, name);
    else if (type === 'four_bytes') reader.number(4, name);
    else if (type === 'variable') reader.variable(name);
    else reader.text(name);
    if (type === 'text_pair') reader.text('value of ' + name);
  }
}

const subscriptionOptions = (value) => ['QoS ' + (value & 3), value & 4 ? 'No Local' : '', value & 8 ? 'Retain As Published' : '',
  value >> 4 & 3 ? 'Retain Handling ' + (value >> 4 & 3) : ''].filter(Boolean).join(', ');

const bodyReaders = {
  CONNECT(reader) {
    reader.text('Protocol Name');
    const level = reader.number(1, 'Protocol Version');
    const flags = reader.number(1, 'Connect Flags', (value) => [
      bits([[2, 'Clean Start'], [4, 'Will'], [32, 'Will Retain'], [64, 'Password'], [128, 'User Name']])(value),
      value & 4 ? 'Will QoS ' + (value >> 3 & 3) : '', value & 1 ? 'the reserved bit' : ''].filter(Boolean).join(', '));
    reader.number(2, 'Keep Alive', (value) => value + ' s');
    if (level === 5) readProperties(reader, 'properties');
    reader.text('Client Identifier');
    if (flags & 4) {
      if (level === 5) readProperties(reader, 'Will properties');
      reader.text('Will Topic');
      reader.text('Will Payload');
    }
    if (flags & 128) reader.text('User Name');
    if (flags & 64) reader.text('Password');
  },
  CONNACK(reader, is5) {
    reader.number(1, 'Connect Acknowledge Flags', bits([[1, 'Session Present']]));
    reader.number(1, is5 ? 'Reason Code' : 'Return Code', hexByte);
    if (is5) readProperties(reader, 'properties');
  },
  PUBLISH(reader, is5, flags) {
    reader.text('Topic Name');
    if (flags & 6) reader.number(2, 'Packet Identifier');
    if (is5) readProperties(reader, 'properties');
    reader.rest('Payload');
  },
  SUBSCRIBE(reader, is5) {
    reader.number(2, 'Packet Identifier');
    if (is5) readProperties(reader, 'properties');
    while (reader.left) {
      reader.text('Topic Filter');
      reader.number(1, 'Subscription Options', subscriptionOptions);
    }
  },
  UNSUBSCRIBE(reader, is5) {
    reader.number(2, 'Packet Identifier');
    if (is5) readProperties(reader, 'properties');
    while (reader.left) reader.text('Topic Filter');
  },
  SUBACK(reader, is5) {
    reader.number(2, 'Packet Identifier');
    if (is5) readProperties(reader, 'properties');
    while (reader.left) reader.number(1, is5 ? 'Reason Code' : 'Return Code', hexByte);
  },
};
bodyReaders.UNSUBACK = bodyReaders.SUBACK;
for (const name of ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'DISCONNECT', 'AUTH']) {
  bodyReaders[name] = (reader, is5) => {
    if (name.startsWith('PUB')) reader.number(2, 'Packet Identifier');
    if (is5 && reader.left) reader.number(1, 'Reason Code', hexByte);
    if (is5 && reader.left) readProperties(reader, 'properties');
  };
}

// [{offset, bytes, name, value}] that cover every byte once.
function fieldsOf(hex, version) {
  const bytes = (hex.match(/../g) || []).map((digits) => parseInt(digits, 16));
  const reader = new FieldReader(bytes);
  try {
    const first = reader.number(1, 'packet type and flags', (value) => {
      const name = packetNames[value >> 4];
      const flags = value & 15;
      return name === 'PUBLISH'
        ? name + ', QoS ' + (flags >> 1 & 3) + (flags & 8 ? ', DUP' : '') + (flags & 1 ? ', RETAIN' : '')
        : name + (flags ? ', flags ' + hexByte(flags) : '');
    });
    reader.variable('Remaining Length');
    const read = bodyReaders[packetNames[first >> 4]];
    if (read) read(reader, version === '5.0', first & 15);
    reader.rest('more bytes');
  } catch (problem) {
    if (!(problem instanceof RangeError)) throw problem;
    if (reader.left) reader.fields.push({offset: reader.at, bytes: bytes.slice(reader.at), name: 'not readable', value: problem.message});
  }
  return reader.fields;
}

const hexOf = (bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

function fieldsTable(packet, version) {
  const shownMax = 64;
  const isBad = (field) => packet.errors.some((error) => error.offset >= field.offset && error.offset < field.offset + Math.max(field.bytes.length, 1));
  return el('table', {class: 'stacked'},
    el('thead', null, el('tr', null, ['Offset', 'Bytes', 'Field', 'Value'].map((name) => el('th', {scope: 'col'}, name)))),
    el('tbody', null, fieldsOf(packet.bytes, version).map((field) => el('tr', {class: isBad(field) ? 'bad' : null},
      el('td', {class: 'offset'}, String(field.offset)),
      el('td', {class: 'hex'}, hexOf(field.bytes.slice(0, shownMax)) + (field.bytes.length > shownMax ? ' … (' + field.bytes.length + ' bytes)' : '')),
      el('td', null, field.name + (isBad(field) ? ' (wrong)' : '')), el('td', null, field.value.length > 400 ? field.value.slice(0, 400) + '…' : field.value)))));
}

function bytesPanel(trace, index) {
  const packet = trace.packets[index];
  const version = trace.connections[packet.connection - 1].version;
  const kept = packet.bytes.length / 2;
  return el('div', {class: 'bytes', id: 'bytes', tabindex: '-1'},
    el('h3', null, visible(packet.text)),
    el('p', {class: 'small soft'}, plural(packet.size, 'byte') + ' from ' + (packet.from === 'client' ? visible(trace.connections[packet.connection - 1].client) : 'the broker') +
      ' on connection ' + packet.connection + ', MQTT ' + version + (packet.arrived < packet.size ? '; ' + packet.arrived + ' arrived' : '') +
      (kept < packet.size ? '; the first ' + kept + ' are kept' : '')),
    packet.errors.map((error) => el('p', {class: 'v-fail small'}, 'At byte ' + error.offset + ': ' + visible(error.what) + ' (' + error.requirement + ')')),
    kept ? fieldsTable(packet, version) : null);
}
