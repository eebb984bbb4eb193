// What stands on the floor, drawn over it: racks by their state, docks, stations, chargers, pads,
// areas, closed cells and names.
import { drawRack, letter, FONT } from './shapes.js';

export const PLACES = [
  { list: 'docks', kind: 'dock', letter: 'D', title: 'dock' },
  { list: 'stations', kind: 'station', letter: 'S', title: 'work station' },
  { list: 'chargers', kind: 'charger', letter: 'C', title: 'charger' },
  { list: 'pads', kind: 'pad', letter: 'H', title: 'hand-over to drones' },
];

// What stands in each cell of a hall: Map cell -> {kind, item}.
export function indexHall(floor, hall) {
  const index = new Map();
  for (const place of PLACES)
    for (const item of floor[place.list]) if (item.hall === hall.id) index.set(item.cell, { kind: place.kind, item });
  for (const item of floor.positions) if (item.hall === hall.id) index.set(item.cell, { kind: 'position', item });
  return index;
}

// Its letter stands in a corner, clear of a robot that stands there; centred: in the middle.
export function placeSign(at, x, y, px, place, palette, centred = false) {
  const colour = palette[place.kind].css;
  const inset = Math.max(1, px * 0.06);
  at.strokeStyle = palette.label.css;
  at.globalAlpha = 0.5;
  at.lineWidth = Math.max(1, px * 0.03);
  const side = px - 2 * inset;
  at.fillStyle = colour;
  at.strokeRect(x + inset, y + inset, side, side);
  at.globalAlpha = 1;
  if (px >= 24 && !centred) letter(at, x + px * 0.86, y + px * 0.15, px * 0.26, place.letter, palette.label.css);
  if (centred) letter(at, x + px / 2, y + px / 2, px * 0.5, place.letter, palette.label.css);
}

function drawClosed(at, x, y, px, palette) {
  at.save();
  at.beginPath();
  at.rect(x + 1, y + 1, px - 2, px - 2);
  at.clip();
  at.strokeStyle = palette.closed.css;
  at.lineWidth = Math.max(1, px * 0.08);
  at.beginPath();
  for (let d = -px; d < px; d += Math.max(3, px / 4)) {
    at.moveTo(x + d, y + px);
    at.lineTo(x + d + px, y);
  }
  at.stroke();
  at.restore();
}

const AREA_COLOURS = { aisle: 'grid', 'fire-lane': 'broken', parking: 'charger' };

// Its bounds, and its name where there is room for it.
function drawArea(at, x, y, width, height, area, palette) {
  at.save();
  at.strokeStyle = palette[AREA_COLOURS[area.kind]].css;
  at.lineWidth = 2;
  at.setLineDash(area.kind === 'parking' ? [] : [6, 4]);
  at.strokeRect(x + 1, y + 1, width - 2, height - 2);
  at.font = `11px ${FONT}`;
  at.textAlign = 'left';
  at.textBaseline = 'top';
  at.fillStyle = palette.label.css;
  if (at.measureText(area.name).width + 8 <= width && height >= 16) at.fillText(area.name, x + 4, y + 4);
  at.restore();
}

// One name above a run of racks that stand side by side is enough: "row-1-01 … 06".
function drawNames(at, scene, boxOf, px) {
  if (px < 38) return;
  at.font = `${Math.min(12, px * 0.2)}px ${FONT}`;
  at.textAlign = 'center';
  at.textBaseline = 'bottom';
  at.fillStyle = scene.palette['rack-text'].css;
  for (const position of scene.positions) {
    const box = boxOf(position.cell);
    if (!box) continue;
    const state = position.rack === null ? null : scene.racks[position.rack];
    at.fillStyle = state !== null && state >= 5 ? scene.palette['rack-text'].css : scene.palette.label.css;
    at.fillText(position.rack_name || position.name, box[0] + px / 2, box[1] + px * 0.93);
  }
}

// scene: {floor, hall, positions, places: [{place, item}], racks: states, closed: cells, index, palette}
export function drawFloorSigns(at, camera, scene) {
  const { hall, palette } = scene;
  const px = camera.scale;
  const [x0, y0, x1, y1] = camera.seen();
  const boxOf = (cell) => {
    const x = cell % hall.columns;
    const y = Math.floor(cell / hall.columns);
    if (x + 1 < x0 || x > x1 || y + 1 < y0 || y > y1) return null;
    return camera.toScreen(x, y);
  };
  const [left, top] = camera.toScreen(0, 0);
  at.strokeStyle = palette.wall.css;
  at.lineWidth = 1;
  at.strokeRect(left - 0.5, top - 0.5, hall.columns * px + 1, hall.rows * px + 1);
  if (px >= 6)
    for (const { place, item } of scene.places) {
      const box = boxOf(item.cell);
      if (box) placeSign(at, box[0], box[1], px, place, palette);
    }
  for (const area of scene.floor ? scene.floor.areas : []) {
    if (area.hall !== hall.id) continue;
    const [x, y] = camera.toScreen(area.cell % hall.columns, Math.floor(area.cell / hall.columns));
    drawArea(at, x, y, area.columns * px, area.rows * px, area, palette);
  }
  for (const position of scene.positions) {
    const box = position.rack === null || scene.racks.length === 0 ? null : boxOf(position.cell);
    if (!box) continue;
    const dx = (position.front_cell % hall.columns) - (position.cell % hall.columns);
    const dy = Math.sign(position.front_cell - position.cell - dx);
    drawRack(at, box[0], box[1], px, scene.racks[position.rack], dx, dy, palette);
  }
  if (px >= 3)
    for (const cell of scene.closed) {
      const stands = scene.index.get(cell);
      const box = stands && stands.kind === 'position' ? null : boxOf(cell);
      if (box) drawClosed(at, box[0], box[1], px, palette);
    }
  drawNames(at, scene, boxOf, px);
  drawScaleBar(at, camera, 1000 / hall.cell_mm, palette);
}

// A bar of 1, 2 or 5 of a power of ten metres; units: of the plane in a metre.
export function drawScaleBar(at, camera, units, palette) {
  const metre_px = camera.scale * units;
  const want = 110 / metre_px;
  const power = 10 ** Math.floor(Math.log10(want));
  const metres = [5, 2, 1].map((each) => each * power).find((each) => each <= want) || power;
  const length = metres * metre_px;
  const x = 12;
  const y = camera.height - 14;
  at.strokeStyle = palette.label.css;
  at.lineWidth = 1;
  at.beginPath();
  at.moveTo(x + 0.5, y - 5);
  at.lineTo(x + 0.5, y + 0.5);
  at.lineTo(x + length - 0.5, y + 0.5);
  at.lineTo(x + length - 0.5, y - 5);
  at.stroke();
  at.font = `11px ${FONT}`;
  at.textAlign = 'left';
  at.textBaseline = 'bottom';
  at.fillStyle = palette.label.css;
  at.fillText(metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, x + 5, y - 1);
}
