// A headless Chromium that may talk to nobody, and what every check of a page needs.
import assert from 'node:assert/strict';
import {accessSync, constants, mkdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';

export const SKIPPED = 77;

export function skip(reason) {
  const isRequired = process.env.HOLDFAST_REQUIRE_BROWSER === '1';
  console.error(`${isRequired ? 'failed' : 'skipped'}: ${reason}`);
  process.exit(isRequired ? 1 : SKIPPED);
}

function programOnPath(names) {
  for (const name of names) {
    for (const folder of (process.env.PATH || '').split(':')) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // The next one, then.
      }
    }
  }
  return null;
}

// modules: the folder whose node_modules hold playwright-core and axe-core.
export async function launch(modules) {
  const executablePath = programOnPath(['chromium', 'chromium-browser', 'google-chrome']);
  if (!executablePath) skip('there is no Chromium; on Debian: apt-get install chromium');
  const load = createRequire(path.resolve(modules, 'package.json'));
  let playwright;
  let axe;
  try {
    playwright = load('playwright-core');
    axe = readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');
  } catch {
    skip(`playwright-core and axe-core are not in ${modules}/node_modules; ./dev test puts them there`);
  }
  const browser = await playwright.chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  return {browser, axe};
}

// A page of its own that notes whatever it should not do.
export async function openPage(browser, {width, scheme = 'light'}) {
  const context = await browser.newContext({viewport: {width, height: 900}, colorScheme: scheme, permissions: ['clipboard-read', 'clipboard-write']});
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => { problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (!/^(file|data):/.test(request.url())) problems.push(`request: ${request.url()}`); });
  return {page, problems, close: () => context.close()};
}

// Opens an address and waits until its content is there.
export async function open(page, address) {
  await page.goto(address);
  await page.waitForFunction(() => {
    const main = document.querySelector('main');
    return main?.dataset.address === location.hash && main.querySelector('h1');
  });
}

// A page shows what a click asked for a moment later, so whoever counts waits for the number that he expects.
export async function expectCount(locator, expected) {
  const deadline = Date.now() + 10_000;
  let found = await locator.count();
  while (found !== expected && Date.now() < deadline) {
    await locator.page().waitForTimeout(20);
    found = await locator.count();
  }
  assert.equal(found, expected, `${locator}`);
}

export async function sidewaysScroll(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// What axe-core finds against WCAG 2.2 A and AA and its best practices: contrast, landmarks, names, headings.
export async function accessibilityProblems(page, axe) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
  return found.violations.map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message || '')).join(' | ')}`);
}

export async function screenshot(page, name) {
  const folder = process.env.HOLDFAST_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, {recursive: true});
  await page.screenshot({path: path.join(folder, `${name}.png`), fullPage: true});
}
