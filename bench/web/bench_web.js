// usage: node bench_web.js ROOT FRAMES   (playwright-core in node_modules/ of the working folder)
//
// Makes floors with FRAMES (bench_edge_frame), gives them and the modules of web/src to a page, and
// prints what page.js measures there. Exit code 1 where a canvas holds less than 20 pictures a
// second of a million robots seen from far.
'use strict';

const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');
const { execFileSync } = require('child_process');
const { createRequire } = require('module');

const { chromium } = createRequire(path.join(process.cwd(), 'index.js'))('playwright-core');
const [, , root, frames] = process.argv;

const LEAST_PER_S = 20;
const TYPES = { '.js': 'text/javascript', '.html': 'text/html', '.css': 'text/css' };
const CASES = [
  { robots: 1000, view: 'near', renderer: 'WebGL2' },
  { robots: 1000, view: 'near', renderer: 'canvas' },
  { robots: 100000, view: 'near', renderer: 'WebGL2' },
  { robots: 100000, view: 'near', renderer: 'canvas' },
  { robots: 1000000, view: 'far', renderer: 'WebGL2' },
  { robots: 1000000, view: 'far', renderer: 'canvas', least: LEAST_PER_S },
];

function makeFloors(folder) {
  const sides = {};
  for (const { robots, view } of CASES) {
    const into = path.join(folder, String(robots));
    if (fs.existsSync(into)) continue;
    fs.mkdirSync(into);
    const said = execFileSync(frames, [String(robots), into, view], { encoding: 'utf8' });
    sides[robots] = Number(said);
  }
  return sides;
}

// The page, the modules as they are, and the floors.
function serve(folder) {
  const places = [['/src/', path.join(root, 'web/src')], ['/style/', path.join(root, 'web/style')],
    ['/floors/', folder], ['/', path.join(root, 'bench/web')]];
  const server = http.createServer((request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const [start, from] = places.find(([each]) => pathname.startsWith(each));
    fs.readFile(path.join(from, path.normalize(pathname.slice(start.length))), (error, data) => {
      const type = TYPES[path.extname(pathname)] || 'application/octet-stream';
      reply.writeHead(error ? 404 : 200, { 'content-type': type });
      reply.end(error ? '' : data);
    });
  });
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server)); });
}

// The canvas is for where there is no WebGL; there the browser draws it with the processor too.
async function measure(port, each, side) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM,
    args: each.renderer === 'canvas' ? ['--no-sandbox', '--disable-gpu']
      : ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.on('pageerror', (error) => console.log(error.stack));
  await page.goto(`http://127.0.0.1:${port}/page.html`);
  const said = await page.evaluate((of) => globalThis.measure(of), { ...each, side });
  await browser.close();
  return said;
}

const pad = (text, width) => String(text).padStart(width);

function print(each, said) {
  console.log(`${pad(each.robots, 8)}  ${each.view.padEnd(5)} ${said.renderer.padEnd(7)}`
    + `${pad(said.type, 7)} ${pad(said.frame_bytes, 9)} ${pad(said.per_s.toFixed(1), 11)}`
    + `${pad(said.worst_ms.toFixed(0), 9)} ${pad(said.draw_ms.toFixed(2), 9)}`
    + `${pad(said.pan_ms.toFixed(2), 9)} ${pad(said.take_ms.toFixed(2), 9)}`);
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plenum-web-bench-'));
  const sides = makeFloors(folder);
  const server = await serve(folder);
  let slow = 0;
  console.log(`1280 x 720, ${os.cpus().length} cores, no graphics card, 10 frames a second, the`
    + ' camera moving; draw, pan and take in milliseconds: a picture with the camera at rest,'
    + '\none with it moved, and the reading of a frame');
  console.log('  robots  view  draws      type     bytes  pictures/s worst ms      draw      pan'
    + '      take');
  for (const each of CASES) {
    const said = await measure(server.address().port, each, sides[each.robots]);
    print(each, said);
    if (each.least && said.per_s < each.least) slow++;
  }
  server.close();
  fs.rmSync(folder, { recursive: true });
  if (slow > 0) console.log(`less than ${LEAST_PER_S} pictures a second`);
  return slow > 0 ? 1 : 0;
}

main().then((code) => { process.exitCode = code; });
