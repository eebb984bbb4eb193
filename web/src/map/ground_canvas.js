// The ground of a map with a plain canvas, where there is no WebGL2 or ?renderer=canvas asks for it.
//
// The floor is painted once for each place of the camera. Robots of few pixels go into a picture as
// pixels, larger ones as stamps, one for each way they look; tiles are a small picture, enlarged.
import { partsOf, paintCells } from './palette.js';
import { drawRobot } from './shapes.js';

const PIXELS_BELOW = 7; // pixels of a robot's side, below which it is a square of pixels
const STATES = ['idle', 'busy', 'to-charger', 'charging', 'broken'];

function sheet(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  return canvas;
}

export function createGroundCanvas(canvas) {
  const context = canvas.getContext('2d', { alpha: false });
  let parts = [];
  let palette = null;
  let floor = sheet(1, 1); // painted for `floor_key`
  let floor_key = '';
  let pixels = null; // {sheet, context, image, words}
  let stamps = new Map();
  let stamps_px = 0;
  let tiles = null; // {of, sheet}
  let paints = 0;

  function paintGrid(at, camera, scale, hall) {
    if (scale <= 8) return;
    const [x0, y0, x1, y1] = camera.seen();
    at.strokeStyle = palette.grid.css;
    at.globalAlpha = Math.min(1, (scale - 8) / 8);
    at.lineWidth = 1;
    at.beginPath();
    const line = (value) => Math.round(value) + 0.5;
    for (let x = Math.max(0, Math.ceil(x0)); x <= Math.min(hall.columns, x1); x++) {
      const px = line((x - x0) * scale);
      at.moveTo(px, Math.max(0, (0 - y0) * scale));
      at.lineTo(px, Math.min(at.canvas.height, (hall.rows - y0) * scale));
    }
    for (let y = Math.max(0, Math.ceil(y0)); y <= Math.min(hall.rows, y1); y++) {
      const py = line((y - y0) * scale);
      at.moveTo(Math.max(0, (0 - x0) * scale), py);
      at.lineTo(Math.min(at.canvas.width, (hall.columns - x0) * scale), py);
    }
    at.stroke();
    at.globalAlpha = 1;
  }

  function paintFloor(camera, ratio, scene) {
    const scale = camera.scale * ratio;
    const key = `${canvas.width} ${canvas.height} ${camera.x} ${camera.y} ${scale} ${paints}`;
    if (key === floor_key) return;
    floor_key = key;
    if (floor.width !== canvas.width || floor.height !== canvas.height) floor = sheet(canvas.width, canvas.height);
    const at = floor.getContext('2d', { alpha: false });
    const [x0, y0] = camera.seen();
    at.fillStyle = palette.void.css;
    at.fillRect(0, 0, floor.width, floor.height);
    at.imageSmoothingEnabled = scale < 1.5;
    for (const part of parts) at.drawImage(part.sheet, (part.x - x0) * scale, (part.y - y0) * scale, part.width * scale, part.height * scale);
    paintGrid(at, camera, scale, scene.hall);
  }

  function pixelSheet() {
    if (pixels && pixels.sheet.width === canvas.width && pixels.sheet.height === canvas.height) return pixels;
    const made = sheet(canvas.width, canvas.height);
    const at = made.getContext('2d');
    const image = at.createImageData(made.width, made.height);
    pixels = { sheet: made, context: at, image, words: new Uint32Array(image.data.buffer) };
    return pixels;
  }

  function drawPixels(camera, scale, motion, part_done) {
    const { sheet: made, context: at, image, words } = pixelSheet();
    const { width, height } = made;
    const [left, top] = camera.seen();
    const side = Math.max(1, Math.round(scale * (scale < 6 ? 0.9 : 0.74)));
    const colours = STATES.map((name) => palette[name].u32);
    const { lines, looks, count } = motion;
    words.fill(0);
    for (let i = 0; i < count; i++) {
      const x = lines[i * 4] + (lines[i * 4 + 2] - lines[i * 4]) * part_done;
      const y = lines[i * 4 + 1] + (lines[i * 4 + 3] - lines[i * 4 + 1]) * part_done;
      const px = Math.round((x - left) * scale - side / 2);
      const py = Math.round((y - top) * scale - side / 2);
      if (px < 0 || py < 0 || px + side > width || py + side > height) continue;
      const colour = colours[looks[i] & 255];
      for (let row = py * width + px, end = row + side * width; row < end; row += width)
        for (let k = row; k < row + side; k++) words[k] = colour;
    }
    at.putImageData(image, 0, 0);
    context.drawImage(made, 0, 0);
  }

  function stampOf(look, px) {
    if (stamps_px !== px) {
      stamps = new Map();
      stamps_px = px;
    }
    const key = (look & 0xffff) | (look >>> 16 ? 0x10000 : 0);
    let stamp = stamps.get(key);
    if (!stamp) {
      stamp = sheet(px + 2, px + 2);
      const at = stamp.getContext('2d');
      at.translate(1 + px / 2, 1 + px / 2);
      drawRobot(at, px, key, palette);
      stamps.set(key, stamp);
    }
    return stamp;
  }

  function drawStamps(camera, scale, motion, part_done) {
    const [left, top, right, bottom] = camera.seen();
    const px = Math.round(scale * 0.74);
    const { lines, looks, count } = motion;
    for (let i = 0; i < count; i++) {
      const x = lines[i * 4] + (lines[i * 4 + 2] - lines[i * 4]) * part_done;
      const y = lines[i * 4 + 1] + (lines[i * 4 + 3] - lines[i * 4 + 1]) * part_done;
      if (x < left - 1 || x > right + 1 || y < top - 1 || y > bottom + 1) continue;
      context.drawImage(stampOf(looks[i], px), Math.round((x - left) * scale - px / 2) - 1, Math.round((y - top) * scale - px / 2) - 1);
    }
  }

  function paintTiles(frame) {
    if (tiles && tiles.of === frame) return tiles.sheet;
    const made = tiles && tiles.sheet.width === frame.columns && tiles.sheet.height === frame.rows ? tiles.sheet : sheet(frame.columns, frame.rows);
    const at = made.getContext('2d');
    const image = at.createImageData(frame.columns, frame.rows);
    const [low, high, broken] = [palette['density-low'].rgb, palette['density-high'].rgb, palette.broken.rgb];
    const full = frame.tile_cells * frame.tile_cells;
    for (let i = 0; i < frame.tiles.length; i += 4) {
      const robots = frame.tiles[i] | (frame.tiles[i + 1] << 8);
      if (robots === 0) continue;
      const fill = Math.sqrt(Math.min(1, robots / full));
      const bad = Math.min(1, (frame.tiles[i + 3] / 255) * 2.5);
      for (let k = 0; k < 3; k++) image.data[i + k] = 255 * ((low[k] + (high[k] - low[k]) * fill) * (1 - bad) + broken[k] * bad);
      image.data[i + 3] = 255 * (0.35 + 0.65 * fill);
    }
    at.putImageData(image, 0, 0);
    tiles = { of: frame, sheet: made };
    return made;
  }

  function drawTiles(camera, scale, frame) {
    const [left, top] = camera.seen();
    const side = frame.tile_cells;
    context.imageSmoothingEnabled = false;
    context.drawImage(paintTiles(frame), (Math.floor(frame.x0 / side) * side - left) * scale, (Math.floor(frame.y0 / side) * side - top) * scale,
      frame.columns * side * scale, frame.rows * side * scale);
  }

  return {
    name: 'canvas',
    setHall(hall, cells, next_palette) {
      palette = next_palette;
      stamps_px = 0;
      tiles = null;
      paints++;
      parts = partsOf(hall.columns, hall.rows).map((part) => {
        const made = sheet(part.width, part.height);
        const data = new Uint8ClampedArray(paintCells(cells, hall.columns, part, palette).buffer);
        made.getContext('2d').putImageData(new ImageData(data, part.width, part.height), 0, 0);
        return { ...part, sheet: made };
      });
    },
    draw(camera, ratio, scene, part_done) {
      if (!palette) return;
      const scale = camera.scale * ratio;
      paintFloor(camera, ratio, scene);
      context.drawImage(floor, 0, 0);
      if (scene.frame && scene.frame.type === 'tiles') drawTiles(camera, scale, scene.frame);
      else if (scene.motion.count === 0) return;
      else if (scale * 0.74 < PIXELS_BELOW) drawPixels(camera, scale, scene.motion, part_done);
      else drawStamps(camera, scale, scene.motion, part_done);
    },
    settle() { context.getImageData(0, 0, 1, 1); },
    finish() {},
  };
}
