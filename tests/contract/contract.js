// usage: node contract.js ROOT PLENUM   (with portman, yaml in node_modules/ of the working folder)
//
// Runs a site for some hours of its time, then lets its clock stand. portman asks all that
// schema/openapi.yaml describes: status, type and schema of every GET, and of those POSTs that mean
// something without a word more. promtool, where it is, reads /metrics.
'use strict';

const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { createRequire } = require('module');
const { Site } = require('../web/site');

const YAML = createRequire(path.join(process.cwd(), 'index.js'))('yaml');
const [, , root, plenum] = process.argv;
const description = path.join(root, 'schema/openapi.yaml');
const api = YAML.parse(fs.readFileSync(description, 'utf8'));

const acts = ['POST::/v1/clock', 'POST::/v1/floor/stop', 'POST::/v1/floor/resume',
  'POST::/v1/drones/ground', 'POST::/v1/drones/release', 'POST::/v1/capacity/offers'];
// The clock stands, so that nothing ends between two questions.
const bodies = { 'POST::/v1/clock': { paused: true },
  'POST::/v1/capacity/offers': { accelerators: 8, duration_ms: 3600000 } };

const checks = { statusSuccess: { enabled: true }, contentType: { enabled: true },
  jsonBody: { enabled: true }, schemaValidation: { enabled: true } };

// The id of some entity of each list; a list that has none now leaves its paths out.
async function idsOf(base) {
  const ids = {};
  for (const name of Object.keys(api.paths).filter((each) => each.endsWith('/{id}'))) {
    const page = await (await fetch(base + name.replace('/{id}', ''))).json();
    if (page.items.length > 0) ids[name] = page.items[0].id;
  }
  return ids;
}

function idFor(ids, name) {
  const list = Object.keys(ids).find((each) => name === each || name.startsWith(`${each}/`));
  return list ? ids[list] : undefined;
}

function makeConfig(ids) {
  const gets = Object.keys(api.paths).filter((name) => api.paths[name].get);
  const asked = gets.filter((name) => api.paths[name].get.responses['200'] &&
    (!name.includes('{id}') || idFor(ids, name) !== undefined));
  const operations = [...asked.map((name) => `GET::${name}`), ...acts];
  const overwrites = asked.filter((name) => name.includes('{id}')).map((name) => ({
    openApiOperation: `GET::${name}`,
    overwriteRequestPathVariables: [
      { key: 'id', value: String(idFor(ids, name)), overwrite: true }],
  }));
  for (const [operation, body] of Object.entries(bodies))
    overwrites.push({ openApiOperation: operation,
      overwriteRequestBody: [{ key: '.', value: body, overwrite: true }] });
  // An optional member of a query is left out: what is made up for it may mean nothing.
  overwrites.push({ openApiOperation: '*::/*',
    overwriteRequestQueryParams: [{ key: '*', disable: true }] });
  const left = gets.filter((name) => !asked.includes(name));
  if (left.length > 0) console.log(`left out, as there is none now: ${left.join(' ')}`);
  return { operations, config: { version: 1.0, overwrites,
    tests: { contractTests: operations.map((each) => ({ openApiOperation: each, ...checks })) } } };
}

function runPortman(base, config) {
  fs.writeFileSync('config.json', JSON.stringify(config));
  const run = spawnSync(process.execPath, ['node_modules/@apideck/portman/bin/portman', '-l',
    description, '-b', base, '--portmanConfigFile', 'config.json', '--runNewman', '-o',
    'collection.json', '--newmanRunOptions', '{"color":"off"}'], { encoding: 'utf8' });
  const said = `${run.stdout}${run.stderr}`;
  const counts = said.match(/assertions │\s*(\d+) │\s*(\d+)/);
  return { said, checked: counts ? Number(counts[1]) : 0, failed: counts ? Number(counts[2]) : 1,
    status: run.status };
}

async function runPromtool(base) {
  const text = await (await fetch(`${base}/metrics`)).text();
  const run = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (run.error) {
    console.log('promtool is not here (Debian: apt install prometheus): /metrics is not judged');
    return true;
  }
  const said = `${run.stdout}${run.stderr}`.trim();
  console.log(`promtool: ${said || 'no fault in /metrics'}`);
  return run.status === 0 && said === '';
}

async function main() {
  const site = new Site(root, plenum);
  try {
    site.prepare('2h');
    await site.start('0.01');
    const { base } = site;
    await fetch(`${base}/v1/clock`, { method: 'POST', body: '{"paused":true}',
      headers: { 'content-type': 'application/json' } });
    const metrics = await runPromtool(base);
    const { operations, config } = makeConfig(await idsOf(base));
    const portman = runPortman(base, config);
    const good = portman.status === 0 && portman.failed === 0;
    if (!good) console.log(portman.said);
    console.log(`portman: ${operations.length} operations, ${portman.checked} checks, ` +
      `${portman.failed} failed`);
    return good && metrics && portman.checked >= 2 * operations.length ? 0 : 1;
  } finally {
    await site.finish();
  }
}

main().then((code) => { process.exitCode = code; });
