// node report_test.mjs HOLDFAST MODULES: makes reports with the program and opens them as a reader would.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';
import {accessibilityProblems, expectCount, launch, open, openPage, screenshot, sidewaysScroll} from './browser.mjs';

const [program, modules] = process.argv.slice(2);
const {browser, axe} = await launch(modules);
const work = mkdtempSync(path.join(tmpdir(), 'holdfast-browser-'));
const at = (...parts) => path.join(work, ...parts);
const url = (file, hash = '') => pathToFileURL(file).href + hash;
const page_bytes_max = 2_000_000;

function holdfast(...words) {
  try {
    execFileSync(program, words, {stdio: 'pipe'});
  } catch (error) {
    if (error.status !== 1) throw new Error(`holdfast ${words.join(' ')}: ${error.status} ${error.stderr}`);
  }
}

let failures = 0;
async function check(name, body) {
  const start = performance.now();
  try {
    await body();
    console.log(`ok      ${name}   ${(performance.now() - start).toFixed(0)} ms`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED  ${name}\n${error.message.slice(0, 4000)}`);
  }
}

holdfast('run', '--quiet', '--seed', '7', '--out', at('good'));
holdfast('run', '--quiet', '--seed', '7', '--defect', 'session-present-always-0', '--out', at('bad'));
holdfast('report', at('good', 'results.json'), at('bad', 'results.json'), '--matrix', at('matrix.html'));
holdfast('selftest', '--combinations', '2', '--html', at('kill-matrix.html'));
holdfast('explore', '--quiet', '--seed', '7', '--seeds', '300', '--defect', 'subscriptions-lost-on-resume', '--out', at('found'));
holdfast('explore', '--quiet', '--seed', '7', '--seeds', '50', '--out', at('not-found'));
const find = JSON.parse(readFileSync(at('found', 'results.json'), 'utf8')).cases[0];
const results = JSON.parse(readFileSync(at('bad', 'results.json'), 'utf8'));
const failing = results.cases.find((one) => one.verdict === 'fail');

const pages = [['overview', ''], ['cases', '#/cases'], ['failures', '#/cases?verdict=fail'], ['case', `#/case/${failing.address}`],
  ['requirements', '#/requirements?q=session'], ['broker', '#/broker']];

await check('the files are small and the same when made later', async () => {
  for (const name of ['good', 'bad']) {
    assert.ok(statSync(at(name, 'report.html')).size < page_bytes_max);
    holdfast('report', at(name, 'results.json'), '--html', at('later.html'));
    assert.equal(Buffer.compare(readFileSync(at('later.html')), readFileSync(at(name, 'report.html'))), 0);
  }
});

for (const width of [390, 1440]) {
  for (const scheme of ['light', 'dark']) {
    // Axe takes most of the time; two of the four hold every layout and every colour.
    const isAudited = (width === 390) === (scheme === 'light');
    await check(`every page, ${width} px, ${scheme}: opens, stays within the width${isAudited ? ', axe finds nothing' : ''}`, async () => {
      const {page, problems, close} = await openPage(browser, {width, scheme});
      for (const [name, hash] of pages) {
        await open(page, url(at('bad', 'report.html'), hash));
        if (name === 'case') {
          await page.waitForSelector('.diagram svg .packet');
          await page.locator('.diagram .packet').first().click();
          await page.waitForSelector('#bytes table');
        }
        assert.ok(await sidewaysScroll(page) <= 0, `${name} scrolls sideways`);
        if (isAudited) assert.deepEqual(await accessibilityProblems(page, axe), [], name);
        await screenshot(page, `${name}-${width}-${scheme}`);
      }
      for (const [name, hash] of [['defects', ''], ['defect', 'defect/session-present-always-0'], ['case-of-defects', `case/${failing.address}`],
        ['biting', 'cases?q=takeover'], ['sound', 'sound']]) {
        await open(page, url(at('kill-matrix.html'), `#/${hash}`));
        assert.ok(await sidewaysScroll(page) <= 0, `${name} scrolls sideways`);
        if (isAudited) assert.deepEqual(await accessibilityProblems(page, axe), [], name);
        await screenshot(page, `${name}-${width}-${scheme}`);
      }
      for (const [name, folder, hash] of [['finds', 'found', ''], ['find', 'found', `case/${find.address}`], ['nothing-found', 'not-found', '']]) {
        await open(page, url(at(folder, 'report.html'), `#/${hash}`));
        assert.ok(await sidewaysScroll(page) <= 0, `${name} scrolls sideways`);
        if (isAudited) assert.deepEqual(await accessibilityProblems(page, axe), [], name);
        await screenshot(page, `${name}-${width}-${scheme}`);
      }
      for (const [name, hash] of [['matrix', '?view=different'], ['comparison', `case/${failing.address}`]]) {
        await open(page, url(at('matrix.html'), `#/${hash}`));
        assert.ok(await sidewaysScroll(page) <= 0, `${name} scrolls sideways`);
        if (isAudited) assert.deepEqual(await accessibilityProblems(page, axe), [], name);
        await screenshot(page, `${name}-${width}-${scheme}`);
      }
      assert.deepEqual(problems, []);
      await close();
    });
  }
}

await check('a reader filters, opens a failure, sees the diagram and the bytes, copies the replay line', async () => {
  const {page, problems, close} = await openPage(browser, {width: 1440});
  await open(page, url(at('bad', 'report.html')));
  assert.match(await page.locator('.answer').innerText(), /does not conform/i);
  await page.locator('.counts a', {hasText: 'fail'}).click();
  await expectCount(page.locator('.cases > li'), results.summary.fail);
  await page.getByLabel('Text, requirement or address').fill(failing.address);
  await expectCount(page.locator('.cases > li'), results.cases.filter((one) => one.verdict === 'fail' && one.address.includes(failing.address)).length);
  await page.locator('.cases a').first().click();
  await page.waitForSelector('.diagram svg .packet');
  assert.equal(await page.locator('h1').innerText(), failing.title);
  assert.ok(await page.getByText(failing.observed, {exact: true}).first().isVisible());
  const sent = failing.trace.events.filter((event) => event.kind === 'sent').length;
  await expectCount(page.locator('.diagram .packet'), sent);
  await page.locator('.diagram .packet').first().focus();
  await page.keyboard.press('Enter');
  assert.match(await page.locator('#bytes').innerText(), /Protocol Name/);
  await page.getByRole('button', {name: 'Copy the replay line'}).click();
  await page.getByText('copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `holdfast replay ${failing.replay.includes(' ') ? `'${failing.replay}'` : failing.replay}`);
  assert.deepEqual(problems, []);
  await close();
});

await check('what an exploration has found stands there step by step', async () => {
  const {page, problems, close} = await openPage(browser, {width: 1440});
  await open(page, url(at('found', 'report.html')));
  assert.match(await page.locator('.answer').innerText(), /does not conform[^]*600 random histories/i);
  await page.locator('.groups a', {hasText: find.title}).first().click();
  await page.waitForSelector('.diagram svg .packet');
  const steps = page.locator('section', {hasText: 'The history'}).locator('ol > li');
  assert.deepEqual(await steps.allInnerTexts(), find.procedure.split('; '));
  assert.ok(find.replay.endsWith(` | steps ${find.procedure}`));
  assert.ok((await page.locator('#replay').innerText()).includes(find.procedure));
  await open(page, url(at('not-found', 'report.html')));
  assert.match(await page.locator('.answer').innerText(), /nothing found in 100 histories/i);
  assert.deepEqual(problems, []);
  await close();
});

await check('a fault stands on the arrow that it struck', async () => {
  holdfast('run', 'mqtt5/4.4', '--quiet', '--seed', '7', '--all-traces', '--fault', 'byte 3 of client:PUBLISH#1 reset', '--out', at('fault'));
  const {page, problems, close} = await openPage(browser, {width: 1440});
  const struck = JSON.parse(readFileSync(at('fault', 'results.json'), 'utf8')).cases.find((one) => one.trace &&
    one.trace.packets.some((packet) => packet.text.startsWith('PUBLISH') && packet.arrived < packet.size));
  await open(page, url(at('fault', 'report.html'), `#/case/${struck.address}`));
  await page.waitForSelector('.diagram .packet .bolt');
  const label = (where) => where.locator('.diagram .packet:has(.bolt)').first().locator('.fault-text').allTextContents();
  assert.match((await label(page)).join(' '), /fault: .* of \d+ bytes arrive$/);
  await screenshot(page, 'fault-1440-light');
  assert.deepEqual(problems, []);
  await close();
  const phone = await openPage(browser, {width: 390});
  await open(phone.page, url(at('fault', 'report.html'), `#/case/${struck.address}`));
  await phone.page.waitForSelector('.diagram .packet .bolt');
  assert.match((await label(phone.page)).join(' '), /fault: .* of \d+ bytes arrive$/);
  await screenshot(phone.page, 'fault-390-light');
  await phone.close();
});

await check('the fields of a packet cover each of its bytes once', async () => {
  holdfast('run', 'mqtt5/4', 'mqtt3/4', '--quiet', '--seed', '7', '--all-traces', '--out', at('traces'));
  const {page, close} = await openPage(browser, {width: 1440});
  await open(page, url(at('traces', 'report.html')));
  const {count, wrong, unread} = await page.evaluate(() => {
    let count = 0;
    const wrong = [];
    const unread = [];
    for (const one of cases) {
      const trace = one.trace();
      for (const packet of trace ? trace.packets : []) {
        const fields = fieldsOf(packet.bytes, trace.connections[packet.connection - 1].version);
        count += 1;
        if (fields.map((field) => hexOf(field.bytes).replaceAll(' ', '')).join('') !== packet.bytes) wrong.push(packet.text);
        if (packet.kind === 'packet' && !packet.errors.length && packet.bytes.length === 2 * packet.size &&
          fields.some((field) => ['not readable', 'more bytes'].includes(field.name))) unread.push(packet.text);
      }
    }
    return {count, wrong, unread};
  });
  assert.ok(count > 1000, `only ${count} packets`);
  assert.deepEqual(wrong, []);
  assert.deepEqual(unread, []);
  await close();
});

await check('hostile texts stay texts', async () => {
  const evil = '</script><script>window.owned=1;alert(1)</script><img src=x onerror=alert(2)>]]>--><!--\u0000\u001b[2J\u202e\ufffd"\'&amp;';
  const hostile = structuredClone(results);
  hostile.system = {name: evil, told_by: evil, address: evil};
  hostile.summary.outcome = evil;
  hostile.options.net = evil;
  for (const one of hostile.cases) {
    Object.assign(one, {title: evil, observed: evil, expected: evil, procedure: evil, control: evil, replay: evil, baseline_reason: evil, tags: [evil]});
    one.observations = [evil, '<'.repeat(1 << 20)].slice(0, one === hostile.cases[0] ? 2 : 1);
    for (const finding of one.findings) Object.assign(finding, {observed: evil, expected: evil, checker: evil});
    if (one.trace) one.trace.packets.forEach((packet) => { packet.text = evil; });
  }
  hostile.cases.find((one) => one.verdict === 'fail').address = 'javascript:alert(3)//' + evil;
  writeFileSync(at('hostile.json'), JSON.stringify(hostile));
  holdfast('report', at('hostile.json'), '--html', at('hostile.html'));
  holdfast('report', at('hostile.json'), at('bad', 'results.json'), '--matrix', at('hostile-matrix.html'));
  assert.ok(statSync(at('hostile.html')).size < page_bytes_max);
  const {page, problems, close} = await openPage(browser, {width: 390});
  for (const [file, hash] of [['hostile.html', ''], ['hostile.html', '#/cases'], ['hostile.html', '#/case/' + encodeURIComponent(hostile.cases[1].address)],
    ['hostile.html', `#/case/${failing.address}`], ['hostile.html', '#/broker'], ['hostile.html', '#/%E0%A4%A/<script>'], ['hostile-matrix.html', '']]) {
    await open(page, url(at(file), hash));
    assert.equal(await page.evaluate(() => window.owned), undefined);
    await expectCount(page.locator('img'), 0);
    assert.ok(await sidewaysScroll(page) <= 0, `${file} ${hash} scrolls sideways`);
  }
  await screenshot(page, 'hostile-390-light');
  assert.deepEqual(problems, []);
  await close();
});

await check('the matrix shows where brokers disagree and opens a case', async () => {
  const {page, problems, close} = await openPage(browser, {width: 1440});
  await open(page, url(at('matrix.html')));
  // The address changes at once, the page a moment later.
  const choose = async (view) => {
    await page.getByRole('link', {name: view}).click();
    await page.locator('a[aria-current="true"]', {hasText: view}).waitFor();
  };
  await choose(/Brokers disagree/);
  assert.ok(await page.locator('.brokers tbody tr').count() >= results.summary.fail);
  await choose(/Nobody passes/);
  await expectCount(page.locator('.brokers tbody tr'), 0);
  await choose(/Only one broker fails/);
  await page.locator('.brokers td a', {hasText: 'fail'}).first().click();
  await page.getByRole('link', {name: 'The case in the report of this broker'}).first().click();
  await page.waitForSelector('.diagram svg .packet');
  assert.deepEqual(problems, []);
  await close();
});

await check('the kill matrix finds a defect and who notices it', async () => {
  const {page, problems, close} = await openPage(browser, {width: 1440});
  assert.ok(statSync(at('kill-matrix.html')).size < page_bytes_max);
  await open(page, url(at('kill-matrix.html')));
  await page.getByRole('searchbox').fill('session-present-always-0');
  await expectCount(page.locator('main tbody tr'), 1);
  await page.locator('main tbody a').first().click();
  await page.locator('main tbody a', {hasText: failing.title}).first().click();
  await page.getByRole('link', {name: /stored Session/}).first().waitFor();
  assert.deepEqual(problems, []);
  await close();
});

await check('a page opens within a second', async () => {
  const {page, close} = await openPage(browser, {width: 1440});
  const times = [];
  for (let i = 0; i < 3; i += 1) {
    await page.goto('about:blank');
    const start = performance.now();
    await page.goto(url(at('bad', 'report.html')));
    await page.waitForSelector('.matrix');
    times.push(performance.now() - start);
  }
  console.log(`        ${results.cases.length} cases, ${statSync(at('bad', 'report.html')).size} bytes, opened in ${Math.min(...times).toFixed(0)} ms`);
  // A machine that is busy with other tests is forgiven what a reader would not be.
  assert.ok(Math.min(...times) < 3000);
  await close();
});

await browser.close();
rmSync(work, {recursive: true, force: true});
process.exit(failures ? 1 : 0);
