// The colours of a map, from the style sheet: so that it follows the theme.

const NAMES = ['floor', 'void', 'wall', 'grid', 'position', 'dock', 'station', 'charger', 'pad', 'closed',
  'idle', 'busy', 'to-charger', 'charging', 'broken', 'cargo', 'density-busy', 'label', 'halo', 'select',
  'rack-coming', 'rack-building', 'rack-service', 'rack-failed', 'rack-retired', 'rack-text',
  'air', 'ground', 'zone', 'zone-later', 'flight', 'flight-later', 'pad-mark', 'drone'];

// {floor: {css: '#fff', rgb: [1, 1, 1], alpha: 1, u32: little-endian RGBA}}
export function readPalette(element) {
  const style = getComputedStyle(element);
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const palette = {};
  for (const name of NAMES) {
    const css = style.getPropertyValue(`--map-${name}`).trim() || '#f0f';
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = css;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
    palette[name] = { css, rgb: [r / 255, g / 255, b / 255], alpha: a / 255, u32: ((a << 24) | (b << 16) | (g << 8) | r) >>> 0 };
  }
  return palette;
}

export const CELL_NAMES = ['floor', 'wall', 'position', 'dock', 'station', 'charger', 'pad'];

// A picture of one pixel a cell, in the colours of the cells: Uint32Array for a part of the hall.
export function paintCells(cells, columns, part, palette) {
  const colours = CELL_NAMES.map((name) => palette[name].u32);
  const pixels = new Uint32Array(part.width * part.height);
  for (let y = 0; y < part.height; y++) {
    const row = (part.y + y) * columns + part.x;
    for (let x = 0; x < part.width; x++) pixels[y * part.width + x] = colours[cells[row + x]] ?? colours[0];
  }
  return pixels;
}

const PART = 2048;
// A hall in parts that any browser takes as a texture.
export function partsOf(columns, rows) {
  const parts = [];
  for (let y = 0; y < rows; y += PART)
    for (let x = 0; x < columns; x += PART) parts.push({ x, y, width: Math.min(PART, columns - x), height: Math.min(PART, rows - y) });
  return parts;
}
