// Floor: the halls with their racks, and the robots as they move. From far they are counts in
// tiles, from near each is itself.
import { h, fill, say } from '../dom.js';
import * as format from '../format.js';
import { actButton } from '../components/act.js';
import { dataTable } from '../components/table.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { createStage, iconOf } from '../map/stage.js';
import { createViewUrl } from '../map/view_url.js';
import { createMotion } from '../map/motion.js';
import { createGroundGl } from '../map/ground_gl.js';
import { createGroundCanvas } from '../map/ground_canvas.js';
import { readFrame, robotAt, tileAt, RACK_STATES, LOADS } from '../map/frame.js';
import { drawFloorSigns, indexHall, placeSign, PLACES } from '../map/floor_signs.js';
import { drawRobot, drawRack, RACK_LOOKS } from '../map/shapes.js';
import { robotFacts, rackFacts, placeFacts } from '../map/floor_facts.js';
import { factsPanel, figuresLine } from '../map/facts.js';

const HZ = 10;
const ASK_MS = 120; // at most so often another part of the floor is asked for
const LIST_MAX = 2000;
const MARGIN = 0.15; // of the picture, asked for beyond its edges
const ROBOT_NAMES = ['idle', 'busy', 'going to charge', 'charging', 'broken'];
const GROUPS = [['coming', 3, 'on the way'], ['building', 6, 'being set up'], ['service', 9, 'in service'], ['failed', 10, 'failed'], ['retired', 11, 'retired']];

// --- the legend ----------------------------------------------------------------------------------

function legendRow(icon, text) {
  const count = h('span.num', '–');
  return { element: h('li', icon, h('span', text), count), count };
}

function createLegend() {
  const element = h('div.legend');
  const tiles = h('p.legend-tiles', 'From so far a tile is the stronger the more robots it has: grey where they are idle, coloured where they are busy, red where some are broken.');
  let robots = [];
  let racks = [];
  return {
    element,
    dress(palette) {
      robots = ROBOT_NAMES.map((name, state) => legendRow(iconOf(16, (at, px) => { at.translate(px / 2, px / 2); drawRobot(at, px - 2, state, palette); }), name));
      racks = GROUPS.map(([, state, text]) => legendRow(iconOf(18, (at, px) => drawRack(at, 0, 0, px, state, 0, 1, palette)), text));
      const cargo = [1, 2, 3].map((load) => legendRow(iconOf(16, (at, px) => { at.translate(px / 2, px / 2); drawRobot(at, px - 2, 1 | (load << 8), palette); }), `with a ${LOADS[load]}`).element);
      const late = legendRow(iconOf(16, (at, px) => { at.translate(px / 2, px / 2); drawRobot(at, px - 2, 1 | (1 << 16), palette); }), 'late').element;
      const places = PLACES.map((place) => legendRow(iconOf(18, (at, px) => placeSign(at, 0, 0, px, place, palette, true)), place.title).element);
      for (const each of [...cargo, late, ...places]) each.lastChild.remove();
      fill(element, h('h3', 'Robots in view'), h('ul', robots.map((each) => each.element)), h('ul.pairs', cargo, late), tiles,
        h('h3', 'Racks'), h('ul', racks.map((each) => each.element)), h('h3', 'Places'), h('ul.pairs', places));
    },
    set(frame, counts, hall_racks) {
      tiles.hidden = frame.type !== 'tiles';
      robots.forEach((row, i) => say(row.count, format.count(counts[i])));
      racks.forEach((row, i) => say(row.count, format.count(hall_racks.filter((rack) => RACK_LOOKS[frame.racks[rack]].group === GROUPS[i][0]).length)));
    },
  };
}

// --- the view ------------------------------------------------------------------------------------

function mount(root, app) {
  const motion = createMotion();
  const calm = matchMedia('(prefers-reduced-motion: reduce)'); // robots go from cell to cell at once
  const scene = { hall: null, floor: null, positions: [], places: [], racks: [], closed: [], index: new Map(), palette: null, motion, frame: null, robots: null, stopped: false, rack_states: RACK_STATES };
  const view_url = createViewUrl(app.url);
  const legend = createLegend();
  const stand = { id: null, cell: null, now_ms: 0 }; // how long the selected robot stands
  let cells = null;
  let wanted_hall = null;
  let selected = null; // {kind, id}
  let hovered = null;
  let target = null; // cell that the selected robot goes to
  let ask_timer = null;
  let loading = null;
  let gone = false;

  const forced = app.url.get('renderer'); // 'canvas', 'webgl', or what suits
  const grounds = forced === 'canvas' ? [createGroundCanvas] : [(canvas) => createGroundGl(canvas, forced === 'webgl'), createGroundCanvas];
  const stage = createStage({
    name: 'floor',
    label: 'Map of the floor. Arrow keys move it, plus and minus zoom, 0 shows all, Escape selects nothing. The list below has what is in view.',
    grounds,
    max_scale: 96,
    bounds: () => (scene.hall ? [0, 0, scene.hall.columns, scene.hall.rows] : [0, 0, 1, 1]),
    drawGround(each, time) { if (scene.hall) each.ground.draw(each.camera, each.ratio, scene, motion.part(time)); },
    drawSigns(at, each) { if (scene.hall) drawFloorSigns(at, each.camera, scene); },
    drawMarks,
    moves: (time) => (!scene.frame || scene.frame.type === 'robots') && !motion.rests(time),
    onpaint(each) {
      scene.palette = each.palette;
      legend.dress(each.palette);
      if (scene.hall) each.ground.setHall(scene.hall, cells, each.palette);
      if (scene.frame) showCounts();
    },
    onview(camera) {
      if (!scene.hall) return;
      askSoon();
      view_url.write(camera);
      if (scene.frame) showCounts();
    },
    onhover(x, y, px, py) {
      hovered = thingAt(x, y);
      stage.hint(hovered ? hintOf(hovered, x, y) : null, px, py);
      stage.element.style.cursor = hovered && hovered.kind !== 'tile' ? 'pointer' : '';
      stage.move();
    },
    onpick(x, y) { const found = thingAt(x, y); select(found && found.kind !== 'tile' ? found : null); },
    onleave() { hovered = null; stage.hint(null); stage.move(); },
  });

  // --- what is at a point ---

  function robotNear(x, y) {
    if (!scene.frame || scene.frame.type !== 'robots') return null;
    const part = motion.part(performance.now());
    const reach = Math.max(0.5, 5 / stage.camera.scale);
    let best = null;
    let best_away = reach;
    for (let i = 0; i < motion.count; i++) {
      const rx = motion.lines[i * 4] + (motion.lines[i * 4 + 2] - motion.lines[i * 4]) * part;
      const away_x = Math.abs(rx - x);
      if (away_x > best_away) continue;
      const away = Math.max(away_x, Math.abs(motion.lines[i * 4 + 1] + (motion.lines[i * 4 + 3] - motion.lines[i * 4 + 1]) * part - y));
      if (away < best_away) { best = i; best_away = away; }
    }
    return best === null ? null : { kind: 'robot', id: motion.ids[best], look: motion.looks[best] };
  }

  function thingAt(x, y) {
    if (!scene.hall || x < 0 || y < 0 || x >= scene.hall.columns || y >= scene.hall.rows) return null;
    const robot = robotNear(x, y);
    if (robot) return robot;
    const cell = Math.floor(y) * scene.hall.columns + Math.floor(x);
    const stands = scene.index.get(cell);
    if (stands && stands.kind === 'position' && stands.item.rack !== null) return { kind: 'rack', id: stands.item.rack, item: stands.item };
    if (stands) return { kind: stands.kind, id: stands.item.id, item: stands.item };
    return scene.frame && scene.frame.type === 'tiles' ? { kind: 'tile' } : null;
  }

  function tileText(x, y) {
    const { frame } = scene;
    const side = frame.tile_cells;
    const column = Math.floor(x / side) - Math.floor(frame.x0 / side);
    const row = Math.floor(y / side) - Math.floor(frame.y0 / side);
    if (column < 0 || row < 0 || column >= frame.columns || row >= frame.rows) return null;
    const tile = tileAt(frame, row * frame.columns + column);
    if (tile.robots === 0) return null;
    return `${format.count(tile.robots)} robots in ${side} × ${side} cells: ${format.percent(tile.busy, 1)} busy, ${format.percent(tile.broken, 1)} broken`;
  }

  function hintOf(thing, x, y) {
    if (thing.kind === 'tile') return tileText(x, y);
    if (thing.kind === 'robot') {
      const load = (thing.look >> 8) & 255;
      const late = thing.look >>> 16;
      return `robot ${thing.id}: ${ROBOT_NAMES[thing.look & 255]}${load ? `, with a ${LOADS[load]}` : ''}${late && (thing.look & 255) !== 4 ? ', late' : ''}`;
    }
    if (thing.kind === 'rack') return `${thing.item.rack_name} at ${thing.item.name}: ${RACK_LOOKS[scene.racks[thing.id] || 0].text}`;
    return thing.item.name;
  }

  // --- marks ---

  function cellOf(thing) {
    if (thing.kind === 'rack') return scene.positions.find((position) => position.rack === thing.id);
    return thing.item || null;
  }

  function ring(at, thing, time, css, width) {
    const px = stage.camera.scale;
    let place = null;
    if (thing.kind === 'robot') place = motion.placeOf(thing.id, time);
    else {
      const item = cellOf(thing);
      if (item && item.hall === scene.hall.id) place = [(item.cell % scene.hall.columns) + 0.5, Math.floor(item.cell / scene.hall.columns) + 0.5];
    }
    if (!place) return null;
    const [x, y] = stage.camera.toScreen(...place);
    const half = Math.max(7, px * 0.58);
    at.strokeStyle = css;
    at.lineWidth = width;
    at.strokeRect(x - half, y - half, 2 * half, 2 * half);
    return [x, y];
  }

  function drawMarks(at, each, time) {
    if (!scene.hall || !scene.palette) return;
    if (hovered && hovered.kind !== 'tile') ring(at, hovered, time, scene.palette.label.css, 1.5);
    if (!selected) return;
    const from = ring(at, selected, time, scene.palette.select.css, 2.5);
    if (!from || target === null) return;
    const [x, y] = stage.camera.toScreen((target % scene.hall.columns) + 0.5, Math.floor(target / scene.hall.columns) + 0.5);
    at.setLineDash([6, 5]);
    at.beginPath();
    at.moveTo(...from);
    at.lineTo(x, y);
    at.stroke();
    at.setLineDash([]);
    at.beginPath();
    at.arc(x, y, 5, 0, 7);
    at.stroke();
  }

  // --- selecting ---

  const facts = factsPanel({ onclose: () => select(null) });

  function select(thing) {
    app.url.set({ sel: thing ? `${thing.kind}-${thing.id}` : null });
  }

  function readSelected() {
    const found = /^(robot|rack|position|dock|station|charger|pad)-(\d+)$/.exec(app.url.get('sel') || '');
    const next = found ? { kind: found[1], id: Number(found[2]) } : null;
    if (next && selected && next.kind === selected.kind && next.id === selected.id) return;
    selected = next;
    target = null;
    stand.id = null;
    if (next && scene.floor) {
      const list = { position: 'positions', dock: 'docks', station: 'stations', charger: 'chargers', pad: 'pads' }[next.kind];
      if (list) next.item = scene.floor[list].find((item) => item.id === next.id);
    }
    stage.move();
  }

  // Steps that the selected robot has been seen in one cell.
  function stillSteps() {
    if (!selected || selected.kind !== 'robot' || !scene.frame || scene.frame.type !== 'robots') return 0;
    for (let i = 0; i < scene.frame.count; i++) {
      if (scene.frame.words[i * 3] !== selected.id) continue;
      const { cell } = robotAt(scene.frame, i);
      if (stand.id !== selected.id || stand.cell !== cell) Object.assign(stand, { id: selected.id, cell, now_ms: scene.frame.now_ms });
      return Math.floor((scene.frame.now_ms - stand.now_ms) / scene.frame.step_ms);
    }
    return 0;
  }

  async function showFacts() {
    const thing = selected;
    if (!thing || !scene.floor) return facts.set(null);
    try {
      let said = null;
      if (thing.kind === 'robot') said = await robotFacts(app, scene, thing.id, stillSteps());
      else if (thing.kind === 'rack') said = await rackFacts(app, scene, thing.id);
      else if (thing.item) said = placeFacts(scene, thing.kind, thing.item);
      if (thing !== selected || gone) return undefined;
      target = said && said.target !== undefined ? said.target : null;
      facts.set(said || { title: 'Nothing of that name', rows: [], why: `There is no ${thing.kind} ${thing.id}.` });
      stage.move();
    } catch (error) {
      if (thing === selected && !gone) facts.set({ title: `${thing.kind} ${thing.id}`, rows: [], why: error.message });
    }
    return undefined;
  }

  // --- asking for frames ---

  function ask() {
    ask_timer = null;
    if (!scene.hall || gone) return;
    const { camera, ratio } = stage;
    const [x0, y0, x1, y1] = camera.seen(MARGIN);
    const view = { hall: scene.hall.id, x0: Math.max(0, Math.floor(x0)), y0: Math.max(0, Math.floor(y0)), x1: Math.min(scene.hall.columns, Math.ceil(x1)), y1: Math.min(scene.hall.rows, Math.ceil(y1)) };
    const scale = camera.scale * ratio;
    if (view.x1 <= view.x0 || view.y1 <= view.y0) return;
    app.watch.floor({ ...view, width: Math.max(1, Math.round((view.x1 - view.x0) * scale)), height: Math.max(1, Math.round((view.y1 - view.y0) * scale)), hz: HZ });
  }

  function askSoon() {
    if (!ask_timer && !gone) ask_timer = setTimeout(ask, ASK_MS);
  }

  // Of the robots that are sent one by one, those that are seen: the frame has a margin.
  function countSeen() {
    const { frame, hall } = scene;
    if (frame.type !== 'robots') return frame.counts;
    const [x0, y0, x1, y1] = stage.camera.seen();
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < frame.count; i++) {
      const cell = frame.words[i * 3 + 1];
      const x = (cell % hall.columns) + 0.5;
      const y = Math.floor(cell / hall.columns) + 0.5;
      if (x >= x0 && x <= x1 && y >= y0 && y <= y1) counts[frame.words[i * 3 + 2] & 255]++;
    }
    return counts;
  }

  function showCounts() {
    const { frame } = scene;
    const counts = countSeen();
    legend.set(frame, counts, scene.positions.filter((position) => position.rack !== null).map((position) => position.rack));
    const what = frame.type === 'robots' ? 'each robot' : `tiles of ${frame.tile_cells} × ${frame.tile_cells} cells`;
    const seen = counts.reduce((sum, each) => sum + each, 0);
    const robots = scene.robots === 0 ? 'No robots: the site file describes none'
      : `${format.count(seen)} robots in view`;
    stage.status(`${robots} · ${what} · ${stage.ground.name}`);
  }

  const same = (a, b) => a.length === b.length && a.every((each, i) => each === b[i]);

  function hear(buffer) {
    if (!(buffer instanceof ArrayBuffer)) {
      fill(problems, problemPanel(buffer));
      return;
    }
    const frame = readFrame(buffer);
    if (frame.type === 'drones' || !scene.hall || frame.hall !== scene.hall.id) return;
    fill(problems);
    const had = scene.frame;
    scene.frame = frame;
    if (frame.type === 'robots') motion.take(frame, scene.hall.columns, performance.now(), app.clock.past || calm.matches);
    else motion.clear();
    const signs = !had || !same(had.racks, frame.racks) || !same(had.closed, frame.closed);
    scene.racks = frame.racks;
    scene.closed = frame.closed;
    if (signs) stage.paint();
    else stage.move();
    showCounts();
    stage.element.dataset.frame = frame.type;
    stage.element.dataset.nowMs = frame.now_ms;
    app.ready(frame.now_ms);
  }

  // --- the list ---

  const robots_list = dataTable({
    caption: 'Robots in view', id: (row) => `robot/${row.id}`, sort: 'id', onopen: (row) => select({ kind: 'robot', id: row.id }),
    columns: [
      { key: 'id', title: 'Robot', numeric: true, width: '16%', value: (row) => row.id },
      { key: 'state', title: 'State', width: '28%', value: (row) => ROBOT_NAMES[row.state] },
      { key: 'load', title: 'Carries', width: '20%', value: (row) => LOADS[row.load] || 'nothing' },
      { key: 'late', title: 'Late, steps', numeric: true, width: '18%', wide: true, value: (row) => row.late_steps },
      { key: 'cell', title: 'Cell', width: '18%', value: (row) => `${row.cell % scene.hall.columns}, ${Math.floor(row.cell / scene.hall.columns)}` },
    ],
    empty: () => emptyPanel('No robots one by one', scene.frame && scene.frame.type === 'tiles' ? 'From so far they are counted in tiles. Zoom in, or filter by a smaller part.' : 'None stands in this part of the floor.'),
  });
  const racks_list = dataTable({
    caption: 'Racks of this hall', id: (row) => `rack/${row.rack}`, sort: 'name', onopen: (row) => select({ kind: 'rack', id: row.rack }),
    columns: [
      { key: 'name', title: 'Rack', width: '34%', value: (row) => row.rack_name },
      { key: 'position', title: 'Position', width: '33%', value: (row) => row.name },
      { key: 'state', title: 'State', width: '33%', value: (row) => RACK_LOOKS[scene.racks[row.rack] || 0].text },
    ],
    empty: () => emptyPanel('No racks', 'None is ordered for a position of this hall.'),
  });
  const list_note = h('span.muted');
  const list = h('details.panel.map-list', { ontoggle: () => showList() },
    h('summary', 'List of what is in view'),
    h('div.map-lists', h('section', h('h3', 'Robots ', list_note), robots_list.element), h('section', h('h3', 'Racks'), racks_list.element)));

  function showList() {
    if (!list.open || !scene.hall) return;
    const { frame } = scene;
    const rows = [];
    if (frame && frame.type === 'robots') for (let i = 0; i < Math.min(frame.count, LIST_MAX); i++) rows.push(robotAt(frame, i));
    say(list_note, frame && frame.type === 'robots' && frame.count > LIST_MAX ? `the first ${format.count(LIST_MAX)} of ${format.count(frame.count)}` : '');
    robots_list.set(rows);
    racks_list.set(scene.positions.filter((position) => position.rack !== null));
  }

  // --- acts ---

  const stop = actButton(app, {
    name: 'stop-floor', label: 'Stop the floor…', title: 'Stop the floor', danger: true, confirm: 'Slide to stop the floor', cli: 'plenum floor stop',
    what: 'Every robot stays in the cell it is in, and none moves until the floor is resumed. Racks and jobs go on.', path: '/v1/floor/stop', body: {}, done: 'Stop of the floor',
  });
  const resume = actButton(app, {
    name: 'resume-floor', label: 'Resume the floor…', title: 'Resume the floor', danger: true, confirm: 'Slide to resume the floor', cli: 'plenum floor resume',
    what: 'Robots move again. Make sure that nobody is on the floor.', path: '/v1/floor/resume', body: {}, done: 'Resuming the floor',
  });
  resume.element.hidden = true;
  const stopped = h('span.map-stopped', { role: 'status', hidden: true }, '■ The floor is stopped');

  const figures = figuresLine([['robots.total', 'robots'], ['robots.busy', 'busy'], ['robots.charging', 'charging'], ['robots.broken', 'broken']]);

  async function showStops() {
    try {
      const overview = await app.api.get('/v1/overview');
      scene.stopped = Boolean(overview.stops && overview.stops.floor);
      figures.set(overview.figures || {});
      scene.robots = overview.figures ? overview.figures.robots.total : null;
      if (scene.frame) showCounts();
    } catch { return; }
    stop.element.hidden = scene.stopped;
    resume.element.hidden = !scene.stopped;
    stopped.hidden = !scene.stopped;
  }

  // --- the floor itself ---

  const halls = h('select', { 'aria-label': 'Hall', onchange: () => app.url.set({ hall: halls.value === '0' ? null : halls.value, x: null, y: null, z: null }, { push: true }) });

  async function showHall(id) {
    const hall = scene.floor.halls[id] || scene.floor.halls[0];
    if (!hall || wanted_hall === hall) return;
    wanted_hall = hall;
    const bytes = await app.api.get('/v1/floor/cells', { hall: hall.id }, { live: true });
    if (gone || wanted_hall !== hall) return;
    cells = new Uint8Array(bytes);
    scene.hall = hall;
    scene.frame = null;
    motion.clear();
    scene.positions = scene.floor.positions.filter((position) => position.hall === hall.id);
    scene.places = PLACES.flatMap((place) => scene.floor[place.list].filter((item) => item.hall === hall.id).map((item) => ({ place, item })));
    scene.index = indexHall(scene.floor, hall);
    halls.value = String(hall.id);
    stage.frame.style.setProperty('--aspect', Math.max(0.8, Math.min(1.5, hall.columns / hall.rows)));
    stage.dress();
    stage.camera.fit();
    view_url.read(stage.camera);
    ask();
  }

  async function load() {
    scene.floor = await app.api.get('/v1/floor', {}, { live: true });
    if (gone) return;
    fill(halls, scene.floor.halls.map((hall) => h('option', { value: hall.id }, `${hall.name}: ${hall.columns} × ${hall.rows} cells`)));
    halls.hidden = scene.floor.halls.length < 2;
    if (scene.floor.halls.length > 0) return;
    fill(problems, emptyPanel('No floor', 'The site file describes no hall.'));
    app.ready();
  }

  const problems = h('div.map-problems');
  root.append(
    h('div.map-head', h('h1', 'Floor'), halls, figures.element, stopped, h('span.map-acts', stop.element, resume.element)),
    h('div.map-body', h('div.map-main', stage.frame, problems, list), h('aside.map-side', facts.element, h('section.panel', h('div.in', legend.element)))));
  stage.dress();
  const off = app.watch.on('frame', hear);
  const onkey = (event) => { if (event.key === 'Escape' && selected) { select(null); event.preventDefault(); } };
  stage.element.addEventListener('keydown', onkey);

  async function update() {
    try {
      loading = loading || load();
      await loading;
      if (gone) return;
      await showHall(Number(app.url.get('hall') || 0));
      if (gone || !scene.hall) return;
    } catch (error) {
      loading = null;
      fill(problems, problemPanel(error));
      return;
    }
    view_url.read(stage.camera);
    readSelected();
    showStops();
    showFacts();
    showList();
  }

  return {
    update,
    unmount() {
      gone = true;
      clearTimeout(ask_timer);
      off();
      app.watch.none();
      view_url.finish();
      stop.finish();
      resume.finish();
      robots_list.finish();
      racks_list.finish();
      stage.finish();
    },
  };
}

export const view = { path: '/floor', title: 'Floor', key: '2', mount };
