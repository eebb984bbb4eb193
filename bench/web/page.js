// The floor's map with frames from files in place of a site: the same stage, motion and grounds as
// the Floor view.
import { createStage } from '/src/map/stage.js';
import { createMotion } from '/src/map/motion.js';
import { createGroundGl } from '/src/map/ground_gl.js';
import { createGroundCanvas } from '/src/map/ground_canvas.js';
import { readFrame } from '/src/map/frame.js';
import { drawFloorSigns } from '/src/map/floor_signs.js';

const FRAMES = 20;
const FRAME_MS = 100;
const RUN_MS = 3000;
const WARM_MS = 800;
const REPEATS = 12;

const fetchBytes = async (url) => (await fetch(url)).arrayBuffer();
const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;

async function makeMap({ robots, view, renderer, side }) {
  const names = Array.from({ length: FRAMES }, (_, i) => `${view}-${i}.frame`);
  const buffers = await Promise.all(names.map((name) => fetchBytes(`/floors/${robots}/${name}`)));
  const cells = new Uint8Array(await fetchBytes(`/floors/${robots}/cells`));
  const hall = { id: 0, columns: side, rows: side, cell_mm: 1000 };
  const motion = createMotion();
  const scene = { hall, motion, frame: null, palette: null,
    positions: [], places: [], racks: [], closed: [], index: new Map() };
  const stage = createStage({
    name: 'floor', label: 'bench', max_scale: 96, bounds: () => [0, 0, side, side],
    grounds: [renderer === 'canvas' ? createGroundCanvas : (each) => createGroundGl(each, true)],
    drawGround(each, time) { each.ground.draw(each.camera, each.ratio, scene, motion.part(time)); },
    drawSigns(at, each) { drawFloorSigns(at, each.camera, scene); },
    drawMarks() {}, moves: () => false, onview() {}, onhover() {}, onpick() {}, onleave() {},
    onpaint(each) {
      scene.palette = each.palette;
      each.ground.setHall(hall, cells, each.palette);
    },
  });
  document.body.append(stage.frame);
  stage.camera.resize(1280, 720);
  stage.dress();
  return { stage, scene, motion, buffers, hall };
}

function takeFrame(map, i) {
  const began = performance.now();
  const frame = readFrame(map.buffers[i % FRAMES]);
  map.scene.frame = frame;
  if (frame.type === 'robots') map.motion.take(frame, map.hall.columns, performance.now(), false);
  return performance.now() - began;
}

const nextPicture = () => new Promise(requestAnimationFrame);

// Pictures as the screen would get them, with frames coming in and the camera moving.
async function run(map) {
  const began = performance.now();
  const gaps = [];
  const takes = [];
  let last = 0;
  let frames = 0;
  for (;;) {
    const time = await nextPicture();
    const passed = performance.now() - began;
    if (passed > WARM_MS && last > 0) gaps.push(time - last);
    last = time;
    if (passed > WARM_MS + RUN_MS)
      return { per_s: 1000 / mean(gaps), worst_ms: Math.max(...gaps), take_ms: mean(takes) };
    if (passed > frames * FRAME_MS) takes.push(takeFrame(map, frames++));
    map.stage.camera.panBy(Math.sin(passed / 300), Math.cos(passed / 300));
    map.stage.move();
  }
}

// One picture after the other, each waited for.
function draws(map, pans) {
  const { stage, scene, motion } = map;
  const times = [];
  for (let i = 0; i < REPEATS; i++) {
    if (pans) stage.camera.panBy(i % 2 ? 3 : -3, 0);
    const began = performance.now();
    stage.ground.draw(stage.camera, stage.ratio, scene, (i % 10) / 10);
    stage.ground.settle();
    times.push(performance.now() - began);
  }
  return mean(times.slice(2));
}

globalThis.measure = async (of) => {
  const map = await makeMap(of);
  takeFrame(map, 0);
  const said = await run(map);
  said.draw_ms = draws(map, false);
  said.pan_ms = draws(map, true);
  said.renderer = map.stage.ground.name;
  said.type = map.scene.frame.type;
  said.frame_bytes = map.scene.frame.bytes;
  map.stage.finish();
  return said;
};
