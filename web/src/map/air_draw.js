// The air from above and from the south, in metres: bounds, closed volumes, pads, what flights hold
// at an instant, and drones. There is little of it at once, so a plain canvas draws it.
import { FONT } from './shapes.js';

export const METRE = 1000;

// --- where things are ----------------------------------------------------------------------------

// [x0, y0, x1, y1] of points in millimetres, in metres.
export function boxOf(points) {
  const xs = points.map((each) => each[0] / METRE);
  const ys = points.map((each) => each[1] / METRE);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export function boxOfVolume(volume) {
  if (volume.points.length > 0) return boxOf(volume.points);
  const [x, y, r] = [volume.x / METRE, volume.y / METRE, volume.radius / METRE];
  return [x - r, y - r, x + r, y + r];
}

export function middleOf(volume) {
  if (volume.points.length === 0) return [volume.x / METRE, volume.y / METRE];
  const sum = volume.points.reduce(([x, y], point) => [x + point[0], y + point[1]], [0, 0]);
  return [sum[0] / volume.points.length / METRE, sum[1] / volume.points.length / METRE];
}

// A closed volume of the site file as a volume of a frame.
export function volumeOfZone(zone) {
  return {
    name: zone.name, points: zone.polygon_mm || [], x: zone.centre_mm ? zone.centre_mm[0] : 0, y: zone.centre_mm ? zone.centre_mm[1] : 0, radius: zone.radius_mm || 0,
    lower: zone.lower_mm, upper: zone.upper_mm, from_ms: zone.from_ms === null ? -Infinity : zone.from_ms, until_ms: zone.until_ms === null ? Infinity : zone.until_ms, flight: null,
  };
}

export const isHeld = (volume, at_ms) => volume.from_ms <= at_ms && at_ms <= volume.until_ms;

// --- shapes --------------------------------------------------------------------------------------

function trace(at, camera, volume) {
  at.beginPath();
  if (volume.points.length === 0) {
    const [x, y] = camera.toScreen(volume.x / METRE, volume.y / METRE);
    at.arc(x, y, Math.max(1.5, (volume.radius / METRE) * camera.scale), 0, 2 * Math.PI);
    return;
  }
  volume.points.forEach((point, i) => {
    const [x, y] = camera.toScreen(point[0] / METRE, point[1] / METRE);
    if (i === 0) at.moveTo(x, y);
    else at.lineTo(x, y);
  });
  at.closePath();
}

function hatch(at, box, css, gap) {
  const [x0, y0, x1, y1] = box;
  at.strokeStyle = css;
  at.lineWidth = 1;
  at.beginPath();
  const height = y1 - y0;
  for (let x = x0 - height - ((x0 - height) % gap); x < x1; x += gap) {
    at.moveTo(x, y1);
    at.lineTo(x + height, y0);
  }
  at.stroke();
}

function screenBox(camera, box) {
  const [x0, y1] = camera.toScreen(box[0], box[1]);
  const [x1, y0] = camera.toScreen(box[2], box[3]);
  return [Math.max(-50, x0), Math.max(-50, y0), Math.min(camera.width + 50, x1), Math.min(camera.height + 50, y1)];
}

function text(at, words, x, y, css, halo, align = 'left', size = 12) {
  at.font = `${size}px ${FONT}`;
  at.textAlign = align;
  at.textBaseline = 'middle';
  at.lineJoin = 'round';
  at.lineWidth = 3;
  at.strokeStyle = halo;
  at.strokeText(words, x, y);
  at.fillStyle = css;
  at.fillText(words, x, y);
}

function drawZone(at, camera, zone, scene) {
  const { palette } = scene;
  const held = isHeld(zone, scene.at_ms);
  if (!held && zone.until_ms < scene.at_ms) return;
  const css = held ? palette.zone.css : palette['zone-later'].css;
  at.save();
  trace(at, camera, zone);
  at.clip();
  at.globalAlpha = held ? 0.45 : 0.25;
  hatch(at, screenBox(camera, boxOfVolume(zone)), css, held ? 7 : 11);
  at.restore();
  trace(at, camera, zone);
  at.strokeStyle = css;
  at.lineWidth = 1.5;
  at.setLineDash(held ? [] : [6, 4]);
  at.stroke();
  at.setLineDash([]);
  const [x, middle] = camera.toScreen(...middleOf(zone));
  const [left, top, right] = screenBox(camera, boxOfVolume(zone));
  const y = right - left > 110 ? middle : top - 17;
  text(at, zone.name || 'closed', x, y - 7, css, palette.air.css, 'center');
  text(at, scene.zoneText(zone), x, y + 8, css, palette.air.css, 'center', 11);
}

// The volumes of the flights: what is held at the instant is full, what will be is an outline.
function drawFlights(at, camera, scene) {
  const { palette, frame } = scene;
  for (const flight of frame.flights) {
    const volumes = frame.volumes.slice(flight.first, flight.first + flight.count);
    const chosen = scene.selected && ((scene.selected.kind === 'flight' && scene.selected.id === flight.id) || (scene.selected.kind === 'drone' && scene.selected.id === flight.drone));
    for (const volume of volumes) {
      if (volume.until_ms < scene.at_ms) continue;
      const held = isHeld(volume, scene.at_ms);
      trace(at, camera, volume);
      at.fillStyle = at.strokeStyle = held ? palette.flight.css : palette['flight-later'].css;
      at.globalAlpha = held ? 0.38 : 0.1;
      at.fill();
      at.globalAlpha = held || chosen ? 1 : 0.6;
      at.lineWidth = chosen ? 2 : 1;
      at.setLineDash(held ? [] : [5, 4]);
      at.stroke();
    }
    at.globalAlpha = 1;
    at.setLineDash([]);
    drawRoute(at, camera, volumes, chosen ? palette.select.css : palette['flight-later'].css, chosen ? 2 : 1);
  }
}

function drawRoute(at, camera, volumes, css, width) {
  at.beginPath();
  volumes.forEach((volume, i) => {
    const [x, y] = camera.toScreen(...middleOf(volume));
    if (i === 0) at.moveTo(x, y);
    else at.lineTo(x, y);
  });
  at.strokeStyle = css;
  at.lineWidth = width;
  at.stroke();
}

export function padSign(at, x, y, r, outlying, palette) {
  at.lineWidth = 1.5;
  at.strokeStyle = palette['pad-mark'].css;
  at.fillStyle = palette.air.css;
  at.beginPath();
  if (outlying) at.rect(x - r, y - r, 2 * r, 2 * r);
  else at.arc(x, y, r, 0, 2 * Math.PI);
  at.fill();
  at.stroke();
  if (r < 6) return;
  at.font = `600 ${r * 1.15}px ${FONT}`;
  at.textAlign = 'center';
  at.textBaseline = 'middle';
  at.fillStyle = palette['pad-mark'].css;
  at.fillText('H', x, y + r * 0.08);
}

// Names that would lie over one another are left away, the later ones.
function drawPads(at, camera, scene) {
  const taken = [];
  const r = Math.max(4, Math.min(16, camera.scale * 6));
  for (const pad of scene.air.pads) {
    const [x, y] = camera.toScreen(pad.x_mm / METRE, pad.y_mm / METRE);
    padSign(at, x, y, r, pad.outlying, scene.palette);
    at.font = `12px ${FONT}`;
    const width = at.measureText(pad.name).width;
    const box = [x + r + 4, y - 8, x + r + 6 + width, y + 8];
    if (taken.some((each) => each[0] < box[2] && each[2] > box[0] && each[1] < box[3] && each[3] > box[1])) continue;
    taken.push(box);
    text(at, pad.name, x + r + 5, y, scene.palette.label.css, scene.palette.air.css);
  }
}

// scene: {air, zones, frame, at_ms, palette, selected, hall: [x0, y0, x1, y1] | null, zoneText(zone)}
export function drawAir(at, camera, scene) {
  const { air, palette } = scene;
  at.fillStyle = palette.void.css;
  at.fillRect(0, 0, camera.width, camera.height);
  if (air.airspace) {
    trace(at, camera, { points: air.airspace.polygon_mm });
    at.fillStyle = palette.air.css;
    at.fill();
    at.strokeStyle = palette.wall.css;
    at.lineWidth = 1.5;
    at.stroke();
  }
  drawKilometres(at, camera, palette);
  if (scene.hall) {
    const [x0, y0, x1, y1] = screenBox(camera, scene.hall);
    at.fillStyle = palette.ground.css;
    at.fillRect(x0, y0, Math.max(2, x1 - x0), Math.max(2, y1 - y0));
    at.strokeStyle = palette.wall.css;
    at.lineWidth = 1;
    at.strokeRect(x0, y0, Math.max(2, x1 - x0), Math.max(2, y1 - y0));
    if (x1 - x0 > 50) text(at, 'hall', (x0 + x1) / 2, (y0 + y1) / 2, palette.label.css, palette.ground.css, 'center');
  }
  for (const zone of scene.zones) drawZone(at, camera, zone, scene);
  if (scene.frame) drawFlights(at, camera, scene);
  drawPads(at, camera, scene);
}

function drawKilometres(at, camera, palette) {
  const step = camera.scale > 0.5 ? 100 : 1000;
  const [x0, y0, x1, y1] = camera.seen();
  at.strokeStyle = palette.grid.css;
  at.lineWidth = 1;
  at.beginPath();
  for (let x = Math.ceil(x0 / step) * step; x <= x1; x += step) {
    const [px] = camera.toScreen(x, 0);
    at.moveTo(Math.round(px) + 0.5, 0);
    at.lineTo(Math.round(px) + 0.5, camera.height);
  }
  for (let y = Math.ceil(y0 / step) * step; y <= y1; y += step) {
    const [, py] = camera.toScreen(0, y);
    at.moveTo(0, Math.round(py) + 0.5);
    at.lineTo(camera.width, Math.round(py) + 0.5);
  }
  at.stroke();
}

// A drone: an arrow where it flies, else a ring with a sign for its state.
export function droneSign(at, x, y, r, state, heading, palette) {
  at.save();
  at.translate(x, y);
  at.lineWidth = 2;
  at.strokeStyle = palette.halo.css;
  at.fillStyle = state === 4 ? palette.broken.css : state === 3 ? palette.charging.css : state === 0 ? palette.idle.css : palette.drone.css;
  at.beginPath();
  if (state === 2) {
    at.rotate(((heading || 0) * Math.PI) / 180);
    if (heading === null) at.arc(0, 0, r * 0.8, 0, 2 * Math.PI);
    else {
      at.moveTo(0, -r * 1.25);
      at.lineTo(r * 0.9, r);
      at.lineTo(0, r * 0.5);
      at.lineTo(-r * 0.9, r);
      at.closePath();
    }
    at.stroke();
    at.fill();
  } else {
    at.arc(0, 0, r * 0.85, 0, 2 * Math.PI);
    at.stroke();
    at.fill();
    at.fillStyle = palette.halo.css;
    const bar = (wide, high) => at.fillRect(-r * wide, -r * high, 2 * r * wide, 2 * r * high);
    if (state === 3) { bar(0.5, 0.13); bar(0.13, 0.5); }
    if (state === 1) bar(0.25, 0.25);
    if (state === 4) { at.rotate(Math.PI / 4); bar(0.55, 0.13); bar(0.13, 0.55); }
  }
  at.restore();
}

// --- from the south ------------------------------------------------------------------------------

// The same camera's east and west; altitudes from the bounds' lower to their upper.
export function drawProfile(at, camera, width, height, scene, drones) {
  const { air, palette } = scene;
  const bounds = air.airspace || { lower_mm: 0, upper_mm: 120000 };
  const low = bounds.lower_mm / METRE;
  const high = bounds.upper_mm / METRE;
  const ground = height - 14;
  const yOf = (z) => ground - ((z - low) / (high - low)) * (ground - 16);
  const xOf = (x) => camera.toScreen(x, 0)[0];
  at.fillStyle = palette.air.css;
  at.fillRect(0, 0, width, height);
  drawHeights(at, width, low, high, yOf, palette);
  const box = (volume, css, alpha, hatched) => {
    const [x0, , x1] = boxOfVolume(volume);
    const top = yOf(Math.min(high, volume.upper / METRE));
    const bottom = yOf(Math.max(low, volume.lower / METRE));
    const edges = [Math.max(-9, xOf(x0)), top, Math.min(width + 9, xOf(x1)), bottom];
    at.save();
    at.beginPath();
    at.rect(edges[0], edges[1], Math.max(1.5, edges[2] - edges[0]), edges[3] - edges[1]);
    at.globalAlpha = alpha;
    if (hatched) {
      at.clip();
      hatch(at, edges, css, 7);
    } else {
      at.fillStyle = at.strokeStyle = css;
      at.fill();
      at.globalAlpha = Math.min(1, alpha * 2.2);
      at.stroke();
    }
    at.restore();
  };
  for (const zone of scene.zones) if (zone.until_ms >= scene.at_ms) box(zone, palette[isHeld(zone, scene.at_ms) ? 'zone' : 'zone-later'].css, isHeld(zone, scene.at_ms) ? 0.5 : 0.25, true);
  if (scene.frame)
    for (const volume of scene.frame.volumes) {
      if (volume.flight === null || volume.until_ms < scene.at_ms) continue;
      const held = isHeld(volume, scene.at_ms);
      box(volume, palette[held ? 'flight' : 'flight-later'].css, held ? 0.35 : 0.12, false);
    }
  at.fillStyle = palette.ground.css;
  at.fillRect(0, ground, width, height - ground);
  for (const drone of drones) droneSign(at, xOf(drone.x / METRE), yOf(drone.z / METRE), 5, drone.state, drone.state === 2 ? (drone.heading === null ? null : drone.heading > 180 ? 270 : 90) : null, palette);
}

function drawHeights(at, width, low, high, yOf, palette) {
  at.strokeStyle = palette.grid.css;
  at.lineWidth = 1;
  const step = high - low > 400 ? 100 : 20;
  for (let z = Math.ceil(low / step) * step; z <= high; z += step) {
    const y = Math.round(yOf(z)) + 0.5;
    at.beginPath();
    at.moveTo(0, y);
    at.lineTo(width, y);
    at.stroke();
    if (z % (2 * step) === 0) text(at, `${z} m`, 6, y - 6, palette.label.css, palette.air.css, 'left', 10);
  }
}
