// usage: node check_api.js ROOT PLENUM   (with ajv and yaml in node_modules/ of the working folder)
//
// Runs a site for some hours of its time, then lets its clock all but stand, so that nothing
// ends between two requests, and holds what it answers against schema/openapi.yaml: every path
// with GET, one of each entity, events, commands that are taken, refused and wrong.
'use strict';

const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const { Site } = require('../web/site');

const here = createRequire(path.join(process.cwd(), 'index.js'));
const Ajv2020 = here('ajv/dist/2020');
const YAML = here('yaml');

const [, , root, plenum] = process.argv;
const api = YAML.parse(fs.readFileSync(path.join(root, 'schema/openapi.yaml'), 'utf8'));
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(api, 'api');

let checked = 0;
let failures = 0;

function fail(what) {
  console.log(what);
  failures++;
}

// The answer that the description has for a status: exact, or as 4XX.
function described(operation, status) {
  let answer = operation.responses[status] || operation.responses[`${String(status)[0]}XX`];
  if (answer && answer.$ref) answer = api.components.responses[answer.$ref.split('/').pop()];
  return answer;
}

async function ask(base, name, method, url, want, options) {
  const reply = await fetch(base + url, { method, ...options });
  const text = await reply.text();
  const type = (reply.headers.get('content-type') || '').split(';')[0];
  const answer = described(api.paths[name][method.toLowerCase()], reply.status);
  const what = `${method} ${url}: ${reply.status} ${type}`;
  checked++;
  if (reply.status !== want) fail(`${what}, expected ${want}: ${text}`);
  if (!answer) return fail(`${what} is not described`);
  if (!answer.content) return reply;
  if (!answer.content[type]) return fail(`${what}: expected ${Object.keys(answer.content)}`);
  if (!type.endsWith('json')) return text;
  const document = JSON.parse(text);
  const ref = answer.content[type].schema.$ref;
  const validate = ajv.getSchema(`api${ref}`);
  if (!validate(document)) fail(`${what}: ${ajv.errorsText(validate.errors)}: ${text}`);
  return document;
}

function post(base, query, body, want, key) {
  const headers = { 'content-type': 'application/json' };
  if (key) headers['idempotency-key'] = key;
  return ask(base, '/v1/commands', 'POST', `/v1/commands${query}`, want, { headers, body });
}

async function checkLists(base) {
  for (const name of Object.keys(api.paths).filter((each) => api.paths[each].get)) {
    if (name.includes('{')) continue;
    const upgrades = api.paths[name].get.responses['101'] && !api.paths[name].get.responses['200'];
    const page = await ask(base, name, 'GET', name, upgrades ? 426 : 200);
    const one = `${name}/{id}`;
    if (!api.paths[one]) continue;
    await ask(base, one, 'GET', `${name}/123456789`, 404);
    await ask(base, name, 'GET', `${name}?limit=0`, 400);
    if (page.items.length > 0) await ask(base, one, 'GET', `${name}/${page.items[0].id}`, 200);
    const more = Object.keys(api.paths)
      .filter((each) => each.startsWith(`${one}/`) && api.paths[each].get);
    for (const each of more) {
      await ask(base, each, 'GET', each.replace('{id}', '123456789'), 404);
      for (const item of page.items.slice(0, 20))
        await ask(base, each, 'GET', each.replace('{id}', item.id), 200);
    }
  }
  await ask(base, '/v1/state', 'GET', '/v1/state?hash=true', 200);
}

async function checkCommands(base) {
  const limit = (watts) => JSON.stringify({ kind: 'power.derate', actor: 'ada', ops: [
    { op: 'limit', node: 0, limit_w: watts, failover_limit_w: watts,
      from: '2027-01-01T00:00Z', until: 'forever' }] });
  const exists = JSON.stringify({ ops: [{ op: 'create', of: 'rack/0' }] });
  const state = await ask(base, '/v1/state', 'GET', '/v1/state', 200);
  const events = ask(base, '/v1/events', 'GET', `/v1/events?since=${state.seq + 1}&wait=9`, 200);
  await post(base, '?dry_run=true', limit(1000000), 200);
  await post(base, '', limit(1000000), 200, 'one');
  await post(base, '', limit(1000000), 200, 'one');
  await post(base, '', limit(1000001), 422, 'one');
  await post(base, '', exists, 409);
  await post(base, '?dry_run=true', exists, 409);
  await post(base, '', '{"ops":', 400);
  if ((await events).items.length === 0) fail('no event came');
}

// Reads, offers and reservations of capacity.
async function checkCapacity(base) {
  const send = (name, url, want, body, key) => ask(base, name, 'POST', url, want, {
    headers: { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) },
    body: JSON.stringify(body) });
  const at = '/v1/capacity';
  const offers = (want, body) => send(`${at}/offers`, `${at}/offers`, want, body);
  const reserve = (query, want, body, key) =>
    send(`${at}/reservations`, `${at}/reservations${query}`, want, body, key);
  const change = (job, what, want, body, key) =>
    send(`${at}/reservations/{id}/${what}`, `${at}/reservations/${job}/${what}`, want, body, key);
  for (const query of ['calendar?by=rack&buckets=3', 'calendar?from_ms=1767571200000',
    'queue?limit=2']) {
    await ask(base, `${at}/${query.split('?')[0]}`, 'GET', `${at}/${query}`, 200);
  }
  await ask(base, `${at}/calendar`, 'GET', `${at}/calendar?by=moon`, 400);
  const found = await offers(200, { accelerators: 8, duration_ms: 3600000, count: 4 });
  if (found.offers.length === 0) fail('no offer');
  const big = await offers(200, { accelerators: 64, duration_ms: 36000000, chip: 'h100' });
  if (big.blockers.length === 0) fail('no blocker');
  await offers(200, { accelerators: 100000, duration_ms: 3600000 });
  for (const wrong of [{}, { accelerators: 1 }, { accelerators: 1, duration_ms: 0 },
    { accelerators: 1, duration_ms: 3600000, chip: 'abacus' },
    { accelerators: -1, duration_ms: 3600000 },
    { accelerators: 1, duration_ms: 3600000, milli: 2000 },
    { accelerators: 1, duration_ms: 3600000, moon: 1 },
    { accelerators: 7, per_server: 2, duration_ms: 3600000 },
    { accelerators: 1, duration_ms: 3600000, latest_ms: 1000 }]) await offers(400, wrong);
  const wish = {
    accelerators: 8, duration_ms: 3600000, chip: 'h100', tenant: 'orion', actor: 'ada' };
  await reserve('?dry_run=true', 200, wish);
  const first = await reserve('', 200, wish, 'two');
  const again = await reserve('', 200, wish, 'two');
  if (first.job !== again.job || !again.again) fail('a reservation was made twice');
  await reserve('', 422, { ...wish, accelerators: 16 }, 'two');
  await reserve('', 409, { ...wish, accelerators: 100000 });
  await reserve('', 400, { accelerators: 8, duration_ms: 3600000 });
  await change(first.job, 'extend', 200, { end_ms: first.end_ms + 60000 }, 'three');
  await change(first.job, 'extend', 200, { end_ms: first.end_ms + 60000 }, 'three');
  await change(first.job, 'extend', 400, { end_ms: 5 });
  await change(first.job, 'cancel', 200, { actor: 'ada' }, 'four');
  await change(first.job, 'cancel', 200, { actor: 'ada' }, 'four');
  await change(first.job, 'cancel', 404, {});
  await change(12345678, 'cancel', 404, {});
}

// Work that is planned, racks that go, and what is handed over.
async function checkPlans(base) {
  const send = (name, url, want, body, key) => ask(base, name, 'POST', url, want, {
    headers: { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) },
    body: JSON.stringify(body) });
  const at = '/v1/capacity';
  const { now_ms: now } = await ask(base, '/v1/state', 'GET', '/v1/state', 200);
  const start_ms = now + 200 * 3600000;
  const work = { rack: 0, from_ms: start_ms, until_ms: start_ms + 3600000 };
  const plan = (want, body, key) =>
    send(`${at}/maintenances`, `${at}/maintenances`, want, body, key);
  const { maintenance } = await plan(200, work, 'five');
  await plan(200, work, 'five');
  await plan(422, { ...work, rack: 1 }, 'five');
  await plan(400, { rack: 0 });
  await ask(base, `${at}/changes`, 'GET', `${at}/changes?limit=3`, 200);
  await send(`${at}/maintenances/{id}/cancel`, `${at}/maintenances/${maintenance}/cancel`, 200, {});
  await send(`${at}/maintenances/{id}/cancel`, `${at}/maintenances/${maintenance}/cancel`, 404, {});
  const { job } = await send(`${at}/reservations`, `${at}/reservations`, 200, { accelerators: 16,
    duration_ms: 3600000, chip: 'h100', tenant: 'orion', start_ms, within: 'rack' });
  const { tenants } = await ask(base, `${at}/prices`, 'GET', `${at}/prices`, 200);
  const hand = `${at}/reservations/${job}/hand-over`;
  const other = tenants.find(({ name }) => name !== 'orion').id;
  await send(`${at}/reservations/{id}/hand-over`, hand, 200, { tenant: other, servers: 1 }, 'six');
  await send(`${at}/reservations/{id}/hand-over`, hand, 200, { tenant: other, servers: 1 }, 'six');
  await send(`${at}/reservations/{id}/hand-over`, hand, 422, { tenant: other }, 'six');
  const { items } = await ask(base, '/v1/racks', 'GET', '/v1/racks', 200);
  const rack = items.find(({ state }) => state === 'in-service').name;
  const tell = (verb, want, body, key) =>
    send(`/v1/racks/{id}/${verb}`, `/v1/racks/${rack}/${verb}`, want, body, key);
  await tell('retire', 200, { from_ms: start_ms, take: true }, 'seven');
  await tell('retire', 422, { from_ms: start_ms + 1, take: true }, 'seven');
  await tell('keep', 200, {}, 'eight');
  await tell('keep', 409, {});
  await tell('retire', 400, {});
}

// Every path that shows the state also shows an earlier one.
async function checkPast(base) {
  const { start_ms: start } = await ask(base, '/v1/overview', 'GET', '/v1/overview', 200);
  const names = Object.keys(api.paths).filter((each) => (api.paths[each].get || {}).parameters
    && api.paths[each].get.parameters.some(({ $ref }) => ($ref || '').endsWith('/at')));
  for (const name of names.filter((each) => !each.includes('{')))
    await ask(base, name, 'GET', `${name}?at=${start + 600000}`, 200);
  const past = await ask(base, '/v1/overview', 'GET', `/v1/overview?at=${start + 600000}`, 200);
  if (past.now_ms !== start + 600000) fail(`at ${start + 600000}: found ${past.now_ms}`);
  await ask(base, '/v1/state', 'GET', '/v1/state?at=1', 400);
}

async function checkActs(base) {
  const act = (name, query, body, want) => ask(base, name, 'POST', `${name}${query}`, want,
    { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  for (const [on, off] of [['/v1/floor/stop', '/v1/floor/resume'],
    ['/v1/drones/ground', '/v1/drones/release']]) {
    await act(on, '?dry_run=true', { actor: 'ada', reason: 'a test' }, 200);
    await act(on, '', { actor: 'ada', reason: 'a test' }, 200);
    await act(on, '', {}, 409);
    const { stops } = await ask(base, '/v1/overview', 'GET', '/v1/overview', 200);
    if (stops[on.split('/')[2] === 'floor' ? 'floor' : 'air'] !== true) fail(`${on}: no stop`);
    await act(off, '', { actor: 'ada' }, 200);
    await act(off, '', { who: 'ada' }, 400);
  }
  const area = (verb, id, body, want) => ask(base, `/v1/areas/{id}/${verb}`, 'POST',
    `/v1/areas/${id}/${verb}`, want,
    { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  await area('close', 'aisle-north', { actor: 'ada', notice_ms: 1000 }, 200);
  await area('open', 'aisle-north', { actor: 'ada' }, 200);
  await area('open', 0, {}, 409);
  await area('close', 0, { until_ms: 1 }, 400);
  await area('close', 99, {}, 404);
  await act('/v1/power/limits', '?dry_run=true', { node: 'feed-a', limit_w: 1000 }, 200);
  await act('/v1/power/limits', '', { node: 0, limit_w: 1900000, actor: 'ada' }, 200);
  await act('/v1/power/limits', '', { node: 'nowhere', limit_w: 1 }, 400);
  await act('/v1/power/limits', '', { node: 0 }, 400);
  await act('/v1/clock', '', { paused: true, speed_milli: 20 }, 200);
  await act('/v1/clock', '', { steps: 1 }, 200);
  await act('/v1/clock', '', { paused: false, steps: 1 }, 409);
  await act('/v1/clock', '', { paused: 1 }, 400);
  await act('/v1/clock', '', { paused: false, speed_milli: 10 }, 200);
}

// Every route of the server's table is described, and nothing else is.
function checkRoutes() {
  const table = fs.readFileSync(path.join(root, 'src/edge/http/call.c'), 'utf8')
    .match(/struct route routes\[\] = \{([^]*?)\n\};/)[1];
  const served = new Set();
  for (const row of table.matchAll(/\{"(\/[^"]*)",([^}]*)\}/g)) {
    const name = row[1].replace('*', '{id}');
    const method = row[2].includes('HTTP_POST') ? 'post' : 'get';
    served.add(`${method} ${name}`);
    if (row[2].includes('NULL')) served.add(`${method} ${name}/{id}`);
  }
  const told = new Set(Object.keys(api.paths).flatMap((name) =>
    Object.keys(api.paths[name]).map((method) => `${method} ${name}`)));
  for (const each of served) if (!told.has(each)) fail(`schema/openapi.yaml lacks ${each}`);
  for (const each of told) if (!served.has(each)) fail(`schema/openapi.yaml has ${each}, no route`);
  if (served.size < 20) fail(`${served.size} routes found in call.c`);
}

async function main() {
  checkRoutes();
  const site = new Site(root, plenum);
  try {
    site.prepare('210m');
    await site.start('0.01');
    const { base } = site;
    await checkLists(base);
    await checkCommands(base);
    await checkCapacity(base);
    await checkPlans(base);
    await checkPast(base);
    await checkActs(base);
  } finally {
    await site.finish();
  }
  console.log(`${checked} answers held against schema/openapi.yaml, ${failures} not as described`);
  return failures > 0 || checked < 30 ? 1 : 0;
}

main().then((code) => { process.exitCode = code; });
