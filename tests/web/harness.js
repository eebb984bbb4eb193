// Tests, one after another, each in a browser context of its own.
//
//     test('pauses the clock', async ({ site, page }) => { ... });
//
// Nothing here waits for a time: it waits for what must become true, and tells what it last saw
// when that does not happen. A page that writes an error or a warning to its console fails its
// test, but for what the test allows beforehand (page.allow(/409/)).
'use strict';

const fs = require('fs');
const path = require('path');
const assert = require('assert/strict');
const { createRequire } = require('module');

const here = createRequire(path.join(process.cwd(), 'index.js'));
const { chromium } = here('playwright-core');

const PATIENCE_MS = 30000; // for one condition, on a machine with much else to do
const TEST_MS = 120000; // for one test
const tests = [];

function test(name, options, body) {
  if (typeof options === 'function') [options, body] = [{}, options];
  tests.push({ name, options, body });
}

const turn = () => new Promise((resolve) => { setTimeout(resolve, 40); });

// Calls until it returns without throwing; what it returns. The last trouble, after PATIENCE_MS.
async function eventually(body, patience = PATIENCE_MS) {
  for (const end = Date.now() + patience; ;) {
    try {
      return await body();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await turn();
  }
}

function browserArguments() {
  // Software rendering, so that every machine draws the same; and no shared memory of containers.
  return ['--enable-unsafe-swiftshader', '--use-angle=swiftshader', '--disable-dev-shm-usage',
    '--force-color-profile=srgb', '--font-render-hinting=none', '--disable-lcd-text'];
}

function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: browserArguments() });
}

function watchConsole(page) {
  const allowed = [];
  page.faults = [];
  page.allow = (pattern) => { allowed.push(pattern); };
  const fault = (text) => {
    if (!allowed.some((each) => each.test(text))) page.faults.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) fault(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => fault(`page: ${error.stack || error}`));
}

async function openPage(browser, site, options) {
  const context = await browser.newContext({ baseURL: site.base, reducedMotion: 'reduce',
    viewport: { width: 1280, height: 720 }, colorScheme: 'light', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  watchConsole(page);
  return page;
}

function withLimit(promise, name) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name}: not done in ${TEST_MS} ms`)), TEST_MS);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

async function runOne({ name, options, body }, browser, site, pictures) {
  const page = await openPage(browser, site, options.context);
  try {
    await withLimit(body({ site, page, browser }), name);
    assert.deepEqual(page.faults, [], 'the console must be quiet');
  } catch (error) {
    const file = path.join(pictures, `${name.replace(/[^a-z0-9]+/gi, '-')}.png`);
    await page.screenshot({ path: file }).catch(() => {});
    for (const fault of page.faults) error.message += `\n  ${fault}`;
    error.message += `\n  picture: ${file}\n  at: ${page.url()}`;
    throw error;
  } finally {
    await page.context().close().catch(() => {});
  }
}

// Runs the tests whose name holds `only` (all, without one). How many failed.
async function runAll(site, only) {
  const pictures = path.join(process.cwd(), 'failed');
  fs.rmSync(pictures, { recursive: true, force: true });
  fs.mkdirSync(pictures, { recursive: true });
  const browser = await launch();
  let failed = 0;
  let done = 0;
  try {
    for (const each of tests.filter(({ name }) => !only || name.includes(only))) {
      const begun = Date.now();
      const trouble = await runOne(each, browser, site, pictures)
        .then(() => null, (error) => error);
      const took = ((Date.now() - begun) / 1000).toFixed(1);
      console.log(`${trouble ? 'not ok' : 'ok'} ${++done} ${each.name} (${took} s)`);
      if (trouble) console.log(`  ${trouble.stack || trouble}\n  ${trouble.message}`);
      failed += trouble ? 1 : 0;
    }
  } finally {
    await browser.close();
  }
  console.log(`${done} tests in the browser, ${failed} failed`);
  return failed + (done === 0 ? 1 : 0);
}

module.exports = { assert, eventually, here, launch, openPage, runAll, test };
