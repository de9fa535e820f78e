// What every page shares: elements (text only ever becomes text, never markup), the marks of verdicts, addresses
// within the page, the frame around the content.
'use strict';

const verdicts = ['fail', 'error', 'non-strict', 'inconclusive', 'unsupported', 'informational', 'pass'];

// One line each: what a reader has to know of a verdict.
const verdictMeanings = {
  pass: 'The rule is kept.',
  fail: 'A MUST is broken.',
  'non-strict': 'A SHOULD, or a rule whose reading is disputed, is not kept.',
  informational: 'The standard leaves a choice; this is what the broker does.',
  unsupported: 'The broker says that it cannot: not judged.',
  inconclusive: 'The broker does not do the thing without the fault either: not judged.',
  error: 'A mistake of Holdfast’s own.',
};

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
}

// el('p', {class: 'soft'}, 'text', el('b', null, 'more')). Texts become text nodes.
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  setAttributes(node, attributes);
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

function svg(name, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  setAttributes(node, attributes);
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

// Control characters and marks that turn the direction of writing become visible.
function visible(text) {
  return String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => '\\u{' + character.codePointAt(0).toString(16) + '}');
}

// Shapes that differ without colour: tick, cross, triangle, i, dash, question mark, exclamation mark.
const markPaths = {
  pass: 'M3 8.5l3.2 3.2L13 4.5',
  fail: 'M4 4l8 8M12 4l-8 8',
  'non-strict': 'M8 3l5.6 10H2.4zM8 7v3',
  informational: 'M8 7v5.2M8 3.8v.2',
  unsupported: 'M3.5 8h9',
  inconclusive: 'M5.4 5.6a2.7 2.7 0 1 1 3.9 2.6C8.3 8.8 8 9.3 8 10M8 12.9v.1',
  error: 'M8 3v6.4M8 12.8v.1',
};

function mark(verdict) {
  return svg('svg', {class: 'mark', viewBox: '0 0 16 16', 'aria-hidden': 'true'},
    svg('path', {d: markPaths[verdict]}));
}

function verdictLabel(verdict, text) {
  return el('span', {class: 'verdict v-' + verdict}, mark(verdict), el('span', null, text || verdict));
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function plural(count, word, words) {
  return count.toLocaleString('en') + ' ' + (count === 1 ? word : words || word + 's');
}

// "0.41 ms", "12.3 ms", "2.00 s": three digits that count.
function duration(ns) {
  for (const [unit, size] of [['s', 1e9], ['ms', 1e6], ['µs', 1e3]]) {
    if (ns < size) continue;
    const value = ns / size;
    return (value >= 100 ? value.toFixed(0) : value.toPrecision(3)) + ' ' + unit;
  }
  return ns ? ns + ' ns' : '0 s';
}

// --- addresses within the page: #/case/mqtt5/4.4/slug, #/cases?verdict=fail ---

function link(path, parameters) {
  const query = new URLSearchParams(
    Object.entries(parameters || {}).filter(([, value]) => value !== '' && value !== undefined)).toString();
  return '#/' + path.split('/').map(encodeURIComponent).join('/') + (query ? '?' + query : '');
}

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  let plain = '';
  try {
    plain = path.split('/').map(decodeURIComponent).join('/');
  } catch {
    // Not of our making: the first page will do.
  }
  return {path: plain, parameters: new URLSearchParams(query || '')};
}

// --- copying ---

function copyButton(text, what) {
  const status = el('span', {role: 'status', class: 'small soft'});
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // From a file, some browsers only know the old way.
      const field = el('textarea', {'aria-hidden': 'true'}, text);
      document.body.append(field);
      field.select();
      document.execCommand('copy');
      field.remove();
    }
    status.textContent = 'copied';
    setTimeout(() => { status.textContent = ''; }, 2000);
  };
  return [el('button', {class: 'button', type: 'button', 'aria-label': 'Copy ' + what, onclick: copy}, 'Copy'), status];
}

// --- the frame ---

function themeButton() {
  const themes = ['auto', 'light', 'dark'];
  let now = 0;
  const button = el('button', {class: 'button theme', type: 'button'});
  const show = () => {
    if (themes[now] === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[now];
    button.textContent = 'Theme: ' + themes[now];
  };
  button.addEventListener('click', () => { now = (now + 1) % themes.length; show(); });
  show();
  return button;
}

// pages: [[path, name], ...]. Calls show(path, parameters) for what the address says; it returns
// {title, content, under}. The content gets the focus, as after a real navigation. The address changes a moment before
// the content does: main's data-address says which address the content is of.
function frame(pages, footer, show) {
  const main = el('main', {class: 'wrap', id: 'content', tabindex: '-1'});
  const links = pages.map(([path, name]) => el('a', {href: link(path)}, name));
  document.getElementById('page').append(
    el('a', {class: 'skip', href: '#content', onclick: (event) => { event.preventDefault(); main.focus(); }}, 'Skip to the content'),
    el('header', {class: 'bar'}, el('div', {class: 'wrap'},
      el('a', {class: 'brand', href: link('')}, 'Holdfast'),
      el('nav', {'aria-label': 'Pages'}, el('ul', null, links.map((a) => el('li', null, a)))),
      themeButton())),
    main,
    el('footer', null, el('div', {class: 'wrap'}, footer)));
  let isFirst = true;
  const update = () => {
    const {path, parameters} = route();
    const page = show(path, parameters);
    const chosen = pages.map(([own]) => own).filter((own) => own === path || (own && path.startsWith(own + '/'))).pop();
    links.forEach((a, index) => {
      if (pages[index][0] === (page.under ?? chosen)) a.setAttribute('aria-current', 'page');
      else a.removeAttribute('aria-current');
    });
    document.title = visible(page.title);
    main.replaceChildren(...page.content);
    main.dataset.address = location.hash;
    if (!isFirst) {
      window.scrollTo(0, 0);
      main.focus({preventScroll: true});
    }
    isFirst = false;
  };
  window.addEventListener('hashchange', update);
  update();
}
