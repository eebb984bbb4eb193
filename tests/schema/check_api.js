// usage: node check_api.js ROOT PLENUM   (with ajv and yaml in node_modules/ of the working folder)
//
// Runs a site for some minutes of its time, then lets its clock all but stand, so that nothing
// ends between two requests, and holds what it answers against schema/openapi.yaml: every path
// with GET, one of each entity, events, commands that are taken, refused and wrong.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn, spawnSync } = require('child_process');
const { createRequire } = require('module');

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
    const page = await ask(base, name, 'GET', name, 200);
    const one = `${name}/{id}`;
    if (!api.paths[one]) continue;
    await ask(base, one, 'GET', `${name}/123456789`, 404);
    await ask(base, name, 'GET', `${name}?limit=0`, 400);
    if (page.items.length > 0) await ask(base, one, 'GET', `${name}/${page.items[0].id}`, 200);
    const more = Object.keys(api.paths).filter((each) => each.startsWith(`${one}/`) && api.paths[each].get);
    for (const each of more) {
      await ask(base, each, 'GET', each.replace('{id}', '123456789'), 404);
      for (const item of page.items.slice(0, 20)) await ask(base, each, 'GET', each.replace('{id}', item.id), 200);
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

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plenum-api-'));
  const site = path.join(root, 'examples/first-hall/site.yaml');
  const run = ['run', site, '--journal', path.join(folder, 'journal')];
  spawnSync(plenum, [...run, '--until', '30m', '--speed', 'max', '--quiet']);
  const child = spawn(plenum, [...run, '--listen', '127.0.0.1:0', '--speed', '0.01'],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const base = await new Promise((resolve, reject) => {
      let said = '';
      child.stderr.on('data', (data) => {
        said += data;
        const found = said.match(/serving (http:\S+)/);
        if (found) resolve(found[1]);
      });
      child.on('exit', () => reject(new Error(`plenum ended: ${said}`)));
    });
    await checkLists(base);
    await checkCommands(base);
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    fs.rmSync(folder, { recursive: true });
  }
  console.log(`${checked} answers held against schema/openapi.yaml, ${failures} not as described`);
  return failures > 0 || checked < 30 ? 1 : 0;
}

main().then((code) => { process.exitCode = code; });
