// Air: pads, closed volumes, the volumes that flights hold now and in the next minutes, and drones
// where those volumes say that they are. Below it the same from the south, with altitudes.
import { h, fill, say } from '../dom.js';
import * as format from '../format.js';
import { actButton } from '../components/act.js';
import { dataTable } from '../components/table.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { createStage, iconOf } from '../map/stage.js';
import { createViewUrl } from '../map/view_url.js';
import { readFrame, DRONE_STATES, FLIGHT_STATES } from '../map/frame.js';
import { drawAir, drawProfile, droneSign, padSign, boxOf, boxOfVolume, isHeld, middleOf, volumeOfZone, METRE } from '../map/air_draw.js';
import { droneFacts, flightFacts, padFacts, zoneFacts } from '../map/air_facts.js';
import { drawScaleBar } from '../map/floor_signs.js';
import { factsPanel, figuresLine } from '../map/facts.js';

const HZ = 5;
const AHEAD_MAX_S = 600;
const PROFILE_PX = 130;
const NEAR_PX = 14;
const INTERVAL_MAX_MS = 1500;

// --- drones between frames -----------------------------------------------------------------------

// Drones go in a straight line from where they are drawn to where the last frame says.
function createGlide() {
  let drones = new Map(); // id -> {from, to}
  let began_ms = 0;
  let interval_ms = 300;
  let now_ms = null;
  const part = (time) => Math.max(0, Math.min(1, (time - began_ms) / interval_ms));
  const at = (drone, time) => {
    const p = part(time);
    const mix = (key) => drone.from[key] + (drone.to[key] - drone.from[key]) * p;
    return { ...drone.to, x: mix('x'), y: mix('y'), z: mix('z') };
  };
  return {
    rests: (time) => part(time) >= 1,
    list: (time) => [...drones.values()].map((drone) => at(drone, time)),
    take(frame, time, still) {
      if (frame.now_ms === now_ms) {
        for (const drone of frame.drones) if (drones.has(drone.id)) Object.assign(drones.get(drone.id), { to: drone });
        return;
      }
      const next = new Map();
      for (const drone of frame.drones) {
        const had = drones.get(drone.id);
        next.set(drone.id, { from: had && !still && drone.state === 2 ? at(had, time) : drone, to: drone });
      }
      if (now_ms !== null) interval_ms = Math.max(50, Math.min(INTERVAL_MAX_MS, 0.6 * interval_ms + 0.4 * (time - began_ms)));
      drones = next;
      began_ms = time;
      now_ms = frame.now_ms;
    },
  };
}

function createLegend() {
  const element = h('div.legend');
  const row = (icon, text) => h('li', icon, h('span', text), h('span'));
  return {
    element,
    dress(palette) {
      const drone = (state, heading) => iconOf(18, (at, px) => droneSign(at, px / 2, px / 2, px * 0.4, state, heading, palette));
      const box = (css, dash, alpha) => iconOf(18, (at, px) => {
        at.fillStyle = at.strokeStyle = css;
        at.setLineDash(dash);
        at.globalAlpha = alpha;
        at.fillRect(2, 4, px - 4, px - 8);
        at.globalAlpha = 1;
        at.strokeRect(2.5, 4.5, px - 5, px - 9);
      });
      fill(element, h('h3', 'Drones'), h('ul', row(drone(2, 45), 'flying, as it heads'), row(drone(1, null), 'about to take off'), row(drone(0, null), 'ready'), row(drone(3, null), 'charging'), row(drone(4, null), 'grounded')),
        h('h3', 'Volumes'), h('ul', row(box(palette.flight.css, [], 0.38), 'held by a flight now'), row(box(palette['flight-later'].css, [3, 2], 0.1), 'held later'),
          row(box(palette.zone.css, [], 0.3), 'closed now'), row(box(palette['zone-later'].css, [3, 2], 0.15), 'closed later')),
        h('h3', 'Pads'), h('ul', row(iconOf(18, (at, px) => padSign(at, px / 2, px / 2, 7, false, palette)), 'at the site'), row(iconOf(18, (at, px) => padSign(at, px / 2, px / 2, 7, true, palette)), 'elsewhere')));
    },
  };
}

// --- the view ------------------------------------------------------------------------------------

function mount(root, app) {
  const glide = createGlide();
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const legend = createLegend();
  const view_url = createViewUrl(app.url);
  const scene = { air: null, zones: [], site_zones: [], frame: null, at_ms: 0, palette: null, selected: null, hall: null, names: {}, grounded: false, zoneText };
  let hovered = null;
  let loading = null;
  let gone = false;

  function allBounds() {
    if (!scene.air) return [0, 0, 1, 1];
    const points = scene.air.airspace ? scene.air.airspace.polygon_mm : scene.air.pads.map((pad) => [pad.x_mm, pad.y_mm]);
    return points.length > 0 ? boxOf(points) : [0, 0, 1000, 1000];
  }

  const profile = h('canvas.air-profile', { 'aria-hidden': 'true' });
  const stage = createStage({
    name: 'air',
    label: 'Map of the air. Arrow keys move it, plus and minus zoom, 0 shows all, Escape selects nothing. The list below has all drones and flights.',
    max_scale: 12,
    up: true,
    bounds: allBounds,
    // Pads and what is closed, with some room round them.
    fit_bounds: () => {
      const boxes = scene.air ? [...scene.air.pads.map((pad) => boxOf([[pad.x_mm, pad.y_mm]])), ...scene.site_zones.map(boxOfVolume)] : [];
      if (boxes.length === 0) return allBounds();
      const box = [0, 1, 2, 3].map((i) => Math[i < 2 ? 'min' : 'max'](...boxes.map((each) => each[i])));
      const room = 0.12 * Math.max(200, box[2] - box[0], box[3] - box[1]);
      return [box[0] - room, box[1] - room, box[2] + room, box[3] + room];
    },
    drawSigns(at, each) {
      if (!scene.air || !scene.palette) return;
      drawAir(at, each.camera, scene);
      drawScaleBar(at, each.camera, 1, scene.palette);
    },
    drawMarks,
    moves: (time) => !glide.rests(time),
    onpaint(each) {
      scene.palette = each.palette;
      legend.dress(each.palette);
    },
    onview(camera) { if (scene.air) view_url.write(camera); },
    onhover(x, y, px, py) {
      hovered = thingAt(x, y, px, py);
      stage.hint(hovered ? hintOf(hovered) : null, px, py);
      stage.element.style.cursor = hovered ? 'pointer' : '';
      stage.move();
    },
    onpick(x, y, px, py) { select(thingAt(x, y, px, py)); },
    onleave() { hovered = null; stage.hint(null); stage.move(); },
  });

  function zoneText(zone) {
    if (isHeld(zone, scene.at_ms)) return Number.isFinite(zone.until_ms) ? `closed until ${format.clock(zone.until_ms).slice(0, 5)}` : 'closed';
    return `closes at ${format.minute(zone.from_ms).slice(11)}`;
  }

  const droneName = (id) => scene.names[id] || `drone ${id}`;
  const ahead = () => Math.max(0, Math.min(AHEAD_MAX_S, Number(app.url.get('ahead')) || 0));

  // Where a drone will be: on its way through what its flight holds then.
  function planned(drone) {
    const flight = scene.frame.flights.find((each) => each.drone === drone.id && each.start_ms <= scene.at_ms && scene.at_ms <= each.end_ms);
    if (!flight) return null;
    const volume = scene.frame.volumes.slice(flight.first, flight.first + flight.count).find((each) => isHeld(each, scene.at_ms));
    if (!volume) return null;
    const z = (volume.lower + volume.upper) / 2;
    if (volume.points.length !== 4) {
      const [x, y] = middleOf(volume);
      return { ...drone, state: 2, heading: null, x: x * METRE, y: y * METRE, z };
    }
    const [a, b, c, d] = volume.points; // the short sides are d-a and b-c
    const part = (scene.at_ms - volume.from_ms) / Math.max(1, volume.until_ms - volume.from_ms);
    const [east, north] = [(b[0] + c[0] - a[0] - d[0]) / 2, (b[1] + c[1] - a[1] - d[1]) / 2];
    const heading = ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
    return { ...drone, state: 2, heading, x: (a[0] + d[0]) / 2 + east * part, y: (a[1] + d[1]) / 2 + north * part, z };
  }

  function dronesShown(time) {
    const drones = glide.list(time);
    return ahead() === 0 || !scene.frame ? drones : drones.map((drone) => planned(drone) || { ...drone, state: drone.state === 2 ? 0 : drone.state, ...padPlace(drone.pad) });
  }

  function padPlace(id) {
    const pad = scene.air.pads[id];
    return pad ? { x: pad.x_mm, y: pad.y_mm, z: scene.air.airspace ? scene.air.airspace.lower_mm : 0 } : {};
  }

  // --- what is at a point ---

  function inside(zone, x, y) {
    if (zone.points.length === 0) return Math.hypot(x - zone.x / METRE, y - zone.y / METRE) <= zone.radius / METRE;
    let is_in = false;
    zone.points.forEach((a, i) => {
      const b = zone.points[(i + 1) % zone.points.length];
      const [ax, ay, bx, by] = [a[0], a[1], b[0], b[1]].map((each) => each / METRE);
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) is_in = !is_in;
    });
    return is_in;
  }

  function nearest(list, px, py) {
    let best = null;
    let best_px = NEAR_PX;
    for (const { x, y, thing } of list) {
      const [sx, sy] = stage.camera.toScreen(x / METRE, y / METRE);
      const away = Math.hypot(sx - px, sy - py);
      if (away < best_px) { best = thing; best_px = away; }
    }
    return best;
  }

  function thingAt(x, y, px, py) {
    if (!scene.air) return null;
    const drones = dronesShown(performance.now());
    const flying = nearest(drones.filter((drone) => drone.state === 2).map((drone) => ({ ...drone, thing: { kind: 'drone', id: drone.id } })), px, py);
    const pad = flying || nearest(scene.air.pads.map((each) => ({ x: each.x_mm, y: each.y_mm, thing: { kind: 'pad', id: each.id } })), px, py);
    if (pad) return pad;
    if (scene.frame)
      for (const volume of scene.frame.volumes)
        if (volume.flight !== null && volume.until_ms >= scene.at_ms && inside(volume, x, y)) return { kind: 'flight', id: scene.frame.flights[volume.flight].id };
    const zone = scene.zones.findIndex((each) => each.until_ms >= scene.at_ms && inside(each, x, y));
    return zone >= 0 ? { kind: 'zone', id: zone } : null;
  }

  function hintOf(thing) {
    if (thing.kind === 'pad') return `${scene.air.pads[thing.id].name}: ${scene.frame ? scene.frame.drones.filter((drone) => drone.pad === thing.id && drone.state !== 2).length : 0} drones there`;
    if (thing.kind === 'zone') return `${scene.zones[thing.id].name || 'closed by a command'}: ${zoneText(scene.zones[thing.id])}`;
    if (thing.kind === 'flight') return `flight ${thing.id}`;
    const drone = scene.frame.drones[thing.id];
    return `${droneName(thing.id)}: ${DRONE_STATES[drone.state]}, ${format.count(drone.z / 1000)} m`;
  }

  // --- marks ---

  function ring(at, thing, drones, css) {
    let place = null;
    if (thing.kind === 'drone') place = drones.find((drone) => drone.id === thing.id);
    else if (thing.kind === 'pad' && scene.air.pads[thing.id]) place = { x: scene.air.pads[thing.id].x_mm, y: scene.air.pads[thing.id].y_mm };
    if (!place) return;
    const [x, y] = stage.camera.toScreen(place.x / METRE, place.y / METRE);
    at.strokeStyle = css;
    at.lineWidth = 2.5;
    at.beginPath();
    at.arc(x, y, 15, 0, 2 * Math.PI);
    at.stroke();
  }

  function drawMarks(at, each, time) {
    if (!scene.air || !scene.palette) return;
    const drones = dronesShown(time);
    const on_pads = new Map(); // pad -> drones drawn there
    for (const drone of drones) {
      const [x, y] = each.camera.toScreen(drone.x / METRE, drone.y / METRE);
      if (drone.state === 2) {
        droneSign(at, x, y, 8, 2, drone.heading, scene.palette);
        at.font = `11px system-ui, sans-serif`;
        at.textAlign = 'left';
        at.textBaseline = 'middle';
        at.lineWidth = 3;
        at.strokeStyle = scene.palette.air.css;
        const label = `${droneName(drone.id)} · ${format.count(drone.z / 1000)} m`;
        at.strokeText(label, x + 12, y + 15);
        at.fillStyle = scene.palette.drone.css;
        at.fillText(label, x + 12, y + 15);
      } else if (each.camera.scale > 0.35) {
        const i = on_pads.get(drone.pad) || 0;
        on_pads.set(drone.pad, i + 1);
        const r = Math.max(4, Math.min(16, each.camera.scale * 6));
        droneSign(at, x - 9 + i * 15, y + r + 9, 6, drone.state, null, scene.palette);
      }
    }
    if (hovered) ring(at, hovered, drones, scene.palette.label.css);
    if (scene.selected) ring(at, scene.selected, drones, scene.palette.select.css);
    paintProfile(drones);
  }

  function paintProfile(drones) {
    const width = stage.camera.width;
    const ratio = stage.ratio;
    if (profile.width !== Math.round(width * ratio)) {
      profile.width = Math.round(width * ratio);
      profile.height = Math.round(PROFILE_PX * ratio);
    }
    const at = profile.getContext('2d');
    at.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawProfile(at, stage.camera, width, PROFILE_PX, scene, drones);
  }

  // --- selecting ---

  const facts = factsPanel({ onclose: () => select(null) });

  function select(thing) {
    app.url.set({ sel: thing ? `${thing.kind}-${thing.id}` : null });
  }

  function readSelected() {
    const found = /^(drone|flight|pad|zone)-(\d+)$/.exec(app.url.get('sel') || '');
    scene.selected = found ? { kind: found[1], id: Number(found[2]) } : null;
    stage.paint();
  }

  async function factsOf(thing) {
    if (thing.kind === 'drone') return droneFacts(app, scene, thing.id);
    if (thing.kind === 'flight') return flightFacts(app, scene, thing.id);
    if (thing.kind === 'pad' && scene.air.pads[thing.id]) return padFacts(scene, scene.air.pads[thing.id]);
    const zone = scene.zones[thing.id];
    return zone ? zoneFacts(zone, scene.at_ms, zoneText(zone)) : null;
  }

  async function showFacts() {
    const thing = scene.selected;
    if (!thing) return facts.set(null);
    const still = () => !gone && scene.selected && thing.kind === scene.selected.kind && thing.id === scene.selected.id;
    try {
      const said = await factsOf(thing);
      if (still()) facts.set(said || { title: 'Nothing of that name', rows: [] });
    } catch (error) {
      if (still()) facts.set({ title: `${thing.kind} ${thing.id}`, rows: [], why: error.status === 404 ? 'It has ended.' : error.message });
    }
    return undefined;
  }

  // --- time ---

  const ahead_text = h('output');
  const slider = h('input', { type: 'range', min: 0, max: AHEAD_MAX_S, step: 10, id: 'ahead', oninput: () => app.url.set({ ahead: Number(slider.value) || null }) });

  function showTime() {
    const now_ms = scene.frame ? scene.frame.now_ms : app.clock.shown_ms || 0;
    scene.at_ms = now_ms + ahead() * 1000;
    slider.value = ahead();
    say(ahead_text, ahead() === 0 ? 'now' : `in ${format.duration(ahead() * 1000)}, ${format.clock(scene.at_ms)}`);
    slider.setAttribute('aria-valuetext', ahead_text.textContent);
  }

  // --- frames ---

  function showStatus() {
    const { frame } = scene;
    const flying = frame.drones.filter((drone) => drone.state === 2).length;
    if (frame.drones.length === 0) {
      stage.status('No drones: the site file describes none.');
      return;
    }
    stage.status(`${format.count(flying)} of ${format.count(frame.drones.length)} drones in the air · ${format.count(frame.flights.length)} flights in the next 10 min${frame.left_out ? `, ${format.count(frame.left_out)} more not shown` : ''}`);
  }

  function hear(buffer) {
    if (!(buffer instanceof ArrayBuffer)) {
      fill(problems, problemPanel(buffer));
      return;
    }
    const frame = readFrame(buffer);
    if (frame.type !== 'drones' || !scene.air) return;
    fill(problems);
    scene.frame = frame;
    scene.zones = [...scene.site_zones, ...frame.volumes.filter((volume) => volume.flight === null)];
    glide.take(frame, performance.now(), app.clock.past || calm.matches);
    showTime();
    showStatus();
    stage.element.dataset.frame = frame.type;
    stage.element.dataset.nowMs = frame.now_ms;
    stage.paint();
    app.ready(frame.now_ms);
  }

  // --- the list ---

  const padText = (id) => (scene.air.pads[id] ? scene.air.pads[id].name : format.NONE);
  const drones_list = dataTable({
    caption: 'Drones', id: (row) => `drone/${row.id}`, sort: 'name', onopen: (row) => select({ kind: 'drone', id: row.id }),
    columns: [
      { key: 'name', title: 'Drone', width: '26%', value: (row) => droneName(row.id) },
      { key: 'state', title: 'State', width: '22%', value: (row) => DRONE_STATES[row.state] },
      { key: 'pad', title: 'Pad', width: '26%', value: (row) => padText(row.pad) },
      { key: 'z', title: 'Altitude, m', numeric: true, width: '26%', value: (row) => Math.round(row.z / 1000) },
    ],
    empty: () => emptyPanel('No drones', 'The site file has none.'),
  });
  const flights_list = dataTable({
    caption: 'Flights of the next ten minutes', id: (row) => `flight/${row.id}`, sort: 'start', onopen: (row) => select({ kind: 'flight', id: row.id }),
    columns: [
      { key: 'id', title: 'Flight', numeric: true, width: '15%', value: (row) => row.id },
      { key: 'state', title: 'State', width: '22%', wide: true, value: (row) => FLIGHT_STATES[row.state] },
      { key: 'way', title: 'From, to', width: '39%', value: (row) => `${padText(row.from_pad)}, ${padText(row.to_pad)}` },
      { key: 'start', title: 'Takes off', width: '24%', value: (row) => format.clock(row.start_ms) },
    ],
    empty: () => emptyPanel('No flights', 'None flies, and none begins in the next ten minutes.'),
  });
  const list = h('details.panel.map-list', { ontoggle: () => showList() },
    h('summary', 'List of drones and flights'),
    h('div.map-lists', h('section', h('h3', 'Drones'), drones_list.element), h('section', h('h3', 'Flights of the next ten minutes'), flights_list.element)));

  function showList() {
    if (!list.open || !scene.frame) return;
    drones_list.set(scene.frame.drones);
    flights_list.set(scene.frame.flights);
  }

  // --- acts ---

  const ground = actButton(app, {
    name: 'ground-drones', label: 'Ground the drones…', title: 'Ground the drones', danger: true, confirm: 'Slide to ground the drones', cli: 'plenum drone ground',
    what: 'No drone takes off until they are released. Those in the air land where they were to.', path: '/v1/drones/ground', body: {}, done: 'Grounding the drones',
  });
  const release = actButton(app, {
    name: 'release-drones', label: 'Release the drones…', title: 'Release the drones', danger: true, confirm: 'Slide to release the drones', cli: 'plenum drone release',
    what: 'Drones may take off again.', path: '/v1/drones/release', body: {}, done: 'Releasing the drones',
  });
  release.element.hidden = true;
  const grounded = h('span.map-stopped', { role: 'status', hidden: true }, '■ The drones are grounded');

  const figures = figuresLine([['drones.total', 'drones'], ['drones.flying', 'flying'], ['drones.ready', 'ready'], ['drones.grounded', 'grounded']]);

  async function showStops() {
    try {
      const overview = await app.api.get('/v1/overview');
      scene.grounded = Boolean(overview.stops && overview.stops.air);
      figures.set(overview.figures || {});
    } catch { return; }
    ground.element.hidden = scene.grounded;
    release.element.hidden = !scene.grounded;
    grounded.hidden = !scene.grounded;
  }

  // --- the air itself ---

  async function load() {
    const [air, floor, drones] = await Promise.all([app.api.get('/v1/air', {}, { live: true }), app.api.get('/v1/floor', {}, { live: true }), app.api.all('/v1/drones', {}, { live: true })]);
    if (gone) return;
    scene.air = air;
    scene.site_zones = scene.zones = air.closed.map(volumeOfZone);
    for (const drone of drones.items) scene.names[drone.id] = drone.name;
    // The origin is the north-west corner of the first hall, where there is but one.
    const [hall] = floor.halls;
    if (floor.halls.length === 1) scene.hall = [0, (-hall.rows * hall.cell_mm) / METRE, (hall.columns * hall.cell_mm) / METRE, 0];
    if (!air.airspace && air.pads.length === 0) fill(problems, emptyPanel('No airspace', 'The site file describes none, so no drone may fly.'));
    stage.dress();
    stage.camera.fit();
    view_url.read(stage.camera);
    app.watch.air({ hz: HZ });
  }

  const problems = h('div.map-problems');
  root.append(
    h('div.map-head', h('h1', 'Air'), figures.element, grounded, h('span.map-acts', ground.element, release.element)),
    h('div.map-body', h('div.map-main', stage.frame,
      h('div.air-side', profile, h('span.air-side-name', 'from the south')),
      h('div.air-time', h('label', { for: 'ahead' }, 'Show what is held'), slider, ahead_text), problems, list),
    h('aside.map-side', facts.element, h('section.panel', h('div.in', legend.element)))));
  root.querySelector('.map-frame').classList.add('with-profile');
  stage.dress();
  const off = app.watch.on('frame', hear);
  stage.element.addEventListener('keydown', (event) => { if (event.key === 'Escape' && scene.selected) { select(null); event.preventDefault(); } });

  async function update() {
    try {
      loading = loading || load();
      await loading;
    } catch (error) {
      loading = null;
      if (!gone) fill(problems, problemPanel(error));
      return;
    }
    if (gone) return;
    view_url.read(stage.camera);
    readSelected();
    showTime();
    showStops();
    showFacts();
    showList();
  }

  return {
    update,
    unmount() {
      gone = true;
      off();
      app.watch.none();
      view_url.finish();
      ground.finish();
      release.finish();
      drones_list.finish();
      flights_list.finish();
      stage.finish();
    },
  };
}

export const view = { path: '/air', title: 'Air', key: '3', mount };
