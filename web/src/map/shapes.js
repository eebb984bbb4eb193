// What things on the floor look like: a shape or a letter for each state, beside its colour. The
// legend, the canvas and the shaders of ground_gl.js draw the same.

// look: state | load << 8 | (late ? 1 << 16 : 0). Drawn round (0, 0), px pixels a side.
export function drawRobot(at, px, look, palette) {
  const state = look & 255;
  const load = (look >> 8) & 255;
  const names = ['idle', 'busy', 'to-charger', 'charging', 'broken'];
  const half = px / 2;
  at.fillStyle = palette[names[state]].css;
  at.beginPath();
  at.roundRect(-half, -half, px, px, px * 0.14);
  at.fill();
  at.fillStyle = palette.halo.css;
  const bar = (wide, high) => at.fillRect(-px * wide, -px * high, 2 * px * wide, 2 * px * high);
  if (load > 0 && state !== 4) {
    at.fillStyle = palette.cargo.css;
    if (load === 1) bar(0.24, 0.24);
    else if (load === 2) bar(0.38, 0.38);
    else drawDiamond(at, px * 0.32);
  } else if (state === 0) {
    at.beginPath();
    at.roundRect(-px * 0.31, -px * 0.31, px * 0.62, px * 0.62, px * 0.06);
    at.fill();
  } else if (state === 2) {
    at.beginPath();
    at.moveTo(0, px * 0.27);
    at.lineTo(-px * 0.31, -px * 0.26);
    at.lineTo(px * 0.31, -px * 0.26);
    at.closePath();
    at.fill();
  } else if (state === 3) {
    bar(0.28, 0.075);
    bar(0.075, 0.28);
  } else if (state === 4) {
    at.save();
    at.rotate(Math.PI / 4);
    bar(0.36, 0.075);
    bar(0.075, 0.36);
    at.restore();
  } else if (look >> 16) {
    bar(0.28, 0.075);
  }
}

function drawDiamond(at, r) {
  at.beginPath();
  at.moveTo(0, -r);
  at.lineTo(r, 0);
  at.lineTo(0, r);
  at.lineTo(-r, 0);
  at.closePath();
  at.fill();
}

// How a rack looks by its state: a group of states has a colour, each a letter.
export const RACK_LOOKS = [
  { group: 'coming', letter: 'O', text: 'ordered' }, { group: 'coming', letter: 'F', text: 'built' },
  { group: 'coming', letter: '→', text: 'shipped' }, { group: 'coming', letter: 'D', text: 'at the dock' },
  { group: 'coming', letter: '↧', text: 'carried' }, { group: 'building', letter: 'P', text: 'placed' },
  { group: 'building', letter: 'K', text: 'cabled' }, { group: 'building', letter: 'B', text: 'powered, burning in' },
  { group: 'building', letter: 'T', text: 'tested' }, { group: 'service', letter: '', text: 'in service' },
  { group: 'failed', letter: '✕', text: 'failed' }, { group: 'retired', letter: '–', text: 'retired' },
];

// A rack in a box of the canvas; (dx, dy) is where its front is.
export function drawRack(at, x, y, px, state, dx, dy, palette) {
  const look = RACK_LOOKS[state] || RACK_LOOKS[0];
  const inset = Math.max(0.5, px * 0.07);
  const side = px - 2 * inset;
  const colour = palette[`rack-${look.group}`].css;
  if (look.group === 'coming') {
    if (px < 5) return;
    at.strokeStyle = colour;
    at.lineWidth = Math.max(1, px * 0.04);
    at.setLineDash([px * 0.14, px * 0.1]);
    at.strokeRect(x + inset + 0.5, y + inset + 0.5, side - 1, side - 1);
    at.setLineDash([]);
  } else {
    at.fillStyle = colour;
    at.fillRect(x + inset, y + inset, side, side);
    if (px >= 8) {
      at.fillStyle = palette['rack-text'].css;
      const bar = Math.max(1, px * 0.08);
      if (dx !== 0) at.fillRect(dx > 0 ? x + px - inset - 2 * bar : x + inset + bar, y + inset + bar, bar, side - 2 * bar);
      else at.fillRect(x + inset + bar, dy > 0 ? y + px - inset - 2 * bar : y + inset + bar, side - 2 * bar, bar);
    }
  }
  if (look.group === 'coming') {
    if (px >= 22) letter(at, x + px * 0.84, y + px * 0.19, px * 0.26, look.letter, palette.label.css); // clear of robots
  } else if (px >= 13 && look.letter) {
    letter(at, x + px / 2, y + px / 2, px * 0.46, look.letter, palette['rack-text'].css);
  }
}

export function letter(at, x, y, px, text, css) {
  at.font = `600 ${px}px ${FONT}`;
  at.textAlign = 'center';
  at.textBaseline = 'middle';
  at.fillStyle = css;
  at.fillText(text, x, y + px * 0.06);
}

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
