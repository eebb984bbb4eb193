// A running site: `plenum run` of the first hall on a port of its own, with some hours behind it;
// for all tests that ask one over HTTP.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn, spawnSync } = require('child_process');

const PAST = '6h'; // enough that racks are in service, jobs run, and robots and drones are at work

class Site {
  constructor(root, plenum) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plenum-web-'));
    this.plenum = plenum;
    this.run = ['run', path.join(root, 'examples/first-hall/site.yaml'),
      '--journal', path.join(this.folder, 'journal')];
    this.child = null;
    this.port = 0; // any, at first; then always the same
  }

  prepare(until = PAST) {
    const done = spawnSync(this.plenum,
      [...this.run, '--until', until, '--speed', 'max', '--quiet', '--no-listen']);
    if (done.status !== 0) throw new Error(`plenum run --until ${until}: ${done.stderr}`);
  }

  async start(speed = '60') {
    this.child = spawn(this.plenum, [...this.run, '--listen', `127.0.0.1:${this.port}`,
      '--speed', speed], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.base = await new Promise((resolve, reject) => {
      let said = '';
      this.child.stderr.on('data', (data) => {
        said += data;
        const found = said.match(/plenum: (http:\S+)\//);
        if (found) resolve(found[1].replace(/\/$/, ''));
      });
      this.child.on('exit', (code) => reject(new Error(`plenum ended with ${code}: ${said}`)));
    });
    this.port = Number(new URL(this.base).port);
  }

  async stop() {
    if (!this.child || this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => { this.child.once('exit', resolve); });
    this.child.kill('SIGTERM');
    await ended;
  }

  async finish() {
    await this.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async get(name) {
    const reply = await fetch(this.base + name);
    if (!reply.ok) throw new Error(`GET ${name}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  }

  async post(name, body) {
    const reply = await fetch(this.base + name, { method: 'POST', body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' } });
    if (!reply.ok) throw new Error(`POST ${name}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  }

  // Runs a command line as the dashboard shows it, against this site: {status, said}.
  shell(line) {
    const [plenum, ...words] = line.trim().replace(/^\$\s*/, '').split(/\s+/);
    if (plenum !== 'plenum') throw new Error(`not a line of ours: ${line}`);
    const env = { ...process.env, PLENUM_SERVER: this.base };
    const done = spawnSync(this.plenum, words, { env, encoding: 'utf8' });
    return { status: done.status, said: done.stdout + done.stderr };
  }

  // The clock stands, and nothing more comes into the journal.
  async pause() {
    await this.post('/v1/clock', { paused: true });
    for (let last = -1, same = 0; ;) {
      const { seq } = await this.get('/v1/state');
      same = seq === last ? same + 1 : 0;
      if (same === 3) return seq;
      last = seq;
    }
  }

  resume(speed_milli = 60000) {
    return this.post('/v1/clock', { paused: false, speed_milli });
  }

  // Rows of the journal after a sequence number, at most 1000.
  async eventsSince(seq) {
    return (await this.get(`/v1/events?since=${seq}&limit=1000`)).items;
  }
}

module.exports = { Site };
