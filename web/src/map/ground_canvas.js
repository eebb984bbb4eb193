// The ground of a map with a plain canvas, where there is no WebGL2 or ?renderer=canvas asks for it.
//
// It stays in the processor's memory: where there is no WebGL2 there is hardly a graphics card. The
// floor is painted once for each place of the camera. Robots are put over its pixels as stamps, one
// for each way they look; tiles are a small picture, enlarged.
import { partsOf, paintCells } from './palette.js';
import { drawRobot } from './shapes.js';

const SHAPES_FROM = 7; // pixels of a robot's side; below, it is a square
const STATES = ['idle', 'busy', 'to-charger', 'charging', 'broken'];

function sheet(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  return canvas;
}

// Two little-endian RGBA words, the upper one with this alpha.
function blend(over, under, alpha) {
  const rest = 255 - alpha;
  const mix = (shift) => ((((over >>> shift) & 255) * alpha + ((under >>> shift) & 255) * rest + 127) / 255) << shift;
  return (0xff000000 | (mix(16) & 0xff0000) | (mix(8) & 0xff00) | (mix(0) & 255)) >>> 0;
}

export function createGroundCanvas(canvas) {
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  let parts = [];
  let palette = null;
  let floor = sheet(1, 1); // painted for `floor_key`
  let floor_key = '';
  let floor_words = null; // its pixels, of `floor_words_key`
  let floor_words_key = '';
  let picture = null; // {image, words}
  const stamps = new Map(); // look -> words
  let stamps_px = 0;
  let tiles = null; // {of, sheet}
  let size = null; // of the hall: {columns, rows}
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
    const at = floor.getContext('2d', { alpha: false, willReadFrequently: true });
    const [x0, y0] = camera.seen();
    at.fillStyle = palette.void.css;
    at.fillRect(0, 0, floor.width, floor.height);
    at.imageSmoothingEnabled = scale < 1.5;
    for (const part of parts) at.drawImage(part.sheet, (part.x - x0) * scale, (part.y - y0) * scale, part.width * scale, part.height * scale);
    paintGrid(at, camera, scale, scene.hall);
  }

  // The picture as words, the floor already in it.
  function pictureOf() {
    if (!picture || picture.image.width !== canvas.width || picture.image.height !== canvas.height) {
      const image = context.createImageData(canvas.width, canvas.height);
      picture = { image, words: new Uint32Array(image.data.buffer) };
    }
    if (floor_words_key !== floor_key) {
      floor_words_key = floor_key;
      floor_words = new Uint32Array(floor.getContext('2d', { alpha: false, willReadFrequently: true }).getImageData(0, 0, floor.width, floor.height).data.buffer);
    }
    picture.words.set(floor_words);
    return picture;
  }

  // A robot of a look as px * px words.
  function stampOf(look, px) {
    if (stamps_px !== px) {
      stamps.clear();
      stamps_px = px;
    }
    const key = (look & 0xffff) | (look >>> 16 ? 0x10000 : 0);
    let stamp = stamps.get(key);
    if (!stamp) {
      const made = sheet(px, px).getContext('2d', { willReadFrequently: true });
      if (px < SHAPES_FROM) {
        made.fillStyle = palette[STATES[look & 255]].css;
        made.fillRect(0, 0, px, px);
      } else {
        made.translate(px / 2, px / 2);
        drawRobot(made, px, key, palette);
      }
      stamp = new Uint32Array(made.getImageData(0, 0, px, px).data.buffer);
      stamps.set(key, stamp);
    }
    return stamp;
  }

  // Puts a stamp on the picture, what is over its edges left away.
  function put(words, width, height, stamp, px, left, top) {
    const x0 = Math.max(0, -left);
    const x1 = Math.min(px, width - left);
    const y1 = Math.min(px, height - top);
    for (let y = Math.max(0, -top); y < y1; y++) {
      let to = (top + y) * width + left + x0;
      for (let from = y * px + x0, end = y * px + x1; from < end; from++, to++) {
        const word = stamp[from];
        const alpha = word >>> 24;
        if (alpha > 250) words[to] = word;
        else if (alpha > 3) words[to] = blend(word, words[to], alpha);
      }
    }
  }

  function drawRobots(camera, scale, motion, part_done) {
    const { image, words } = pictureOf();
    const { width, height } = canvas;
    const [left, top] = camera.seen();
    const px = Math.max(1, Math.round(scale * (scale < 6 ? 0.9 : 0.74)));
    const { lines, looks, count } = motion;
    for (let i = 0; i < count; i++) {
      const x = lines[i * 4] + (lines[i * 4 + 2] - lines[i * 4]) * part_done;
      const y = lines[i * 4 + 1] + (lines[i * 4 + 3] - lines[i * 4 + 1]) * part_done;
      const to_x = Math.round((x - left) * scale - px / 2);
      const to_y = Math.round((y - top) * scale - px / 2);
      if (to_x > -px && to_y > -px && to_x < width && to_y < height) put(words, width, height, stampOf(looks[i], px), px, to_x, to_y);
    }
    context.putImageData(image, 0, 0);
  }

  function paintTiles(frame) {
    if (tiles && tiles.of === frame) return tiles.sheet;
    const made = tiles && tiles.sheet.width === frame.columns && tiles.sheet.height === frame.rows ? tiles.sheet : sheet(frame.columns, frame.rows);
    const at = made.getContext('2d', { willReadFrequently: true });
    const image = at.createImageData(frame.columns, frame.rows);
    const [idle, busy, broken] = [palette.idle.rgb, palette['density-busy'].rgb, palette.broken.rgb];
    const full = frame.tile_cells * frame.tile_cells;
    for (let i = 0; i < frame.tiles.length; i += 4) {
      const robots = frame.tiles[i] | (frame.tiles[i + 1] << 8);
      if (robots === 0) continue;
      const fill = Math.sqrt(Math.min(1, robots / full));
      const work = Math.sqrt(frame.tiles[i + 2] / 255);
      const bad = Math.min(1, (frame.tiles[i + 3] / 255) * 2.5);
      for (let k = 0; k < 3; k++) image.data[i + k] = 255 * ((idle[k] + (busy[k] - idle[k]) * work) * (1 - bad) + broken[k] * bad);
      image.data[i + 3] = 255 * (0.3 + 0.7 * fill);
    }
    at.putImageData(image, 0, 0);
    tiles = { of: frame, sheet: made };
    return made;
  }

  function drawTiles(camera, scale, frame) {
    const [left, top] = camera.seen();
    const side = frame.tile_cells;
    context.imageSmoothingEnabled = false;
    context.save();
    context.beginPath(); // the last tiles reach over the hall's rim
    context.rect(-left * scale, -top * scale, size.columns * scale, size.rows * scale);
    context.clip();
    context.drawImage(paintTiles(frame), (Math.floor(frame.x0 / side) * side - left) * scale, (Math.floor(frame.y0 / side) * side - top) * scale,
      frame.columns * side * scale, frame.rows * side * scale);
    context.restore();
  }

  return {
    name: 'canvas',
    setHall(hall, cells, next_palette) {
      palette = next_palette;
      size = { columns: hall.columns, rows: hall.rows };
      stamps_px = 0;
      tiles = null;
      paints++;
      parts = partsOf(hall.columns, hall.rows).map((part) => {
        const made = sheet(part.width, part.height);
        const data = new Uint8ClampedArray(paintCells(cells, hall.columns, part, palette).buffer);
        made.getContext('2d', { willReadFrequently: true }).putImageData(new ImageData(data, part.width, part.height), 0, 0);
        return { ...part, sheet: made };
      });
    },
    draw(camera, ratio, scene, part_done) {
      if (!palette) return;
      const scale = camera.scale * ratio;
      paintFloor(camera, ratio, scene);
      if (scene.frame && scene.frame.type === 'tiles') {
        context.drawImage(floor, 0, 0);
        drawTiles(camera, scale, scene.frame);
      } else {
        drawRobots(camera, scale, scene.motion, part_done);
      }
    },
    settle() { context.getImageData(0, 0, 1, 1); },
    finish() {},
  };
}
