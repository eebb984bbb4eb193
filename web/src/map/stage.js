// Stage: the sheets that a map is drawn on, one over the other, and when each is drawn again.
//
//     ground   floor, robots, tiles: every picture while something moves
//     signs    racks, names, volumes: when the camera or what they show changes
//     marks    what is hovered or selected: every picture too, it is nearly empty
//
// Nothing is drawn while nothing changes.
import { h, say } from '../dom.js';
import { createCamera } from './camera.js';
import { readPalette } from './palette.js';

const RATIO_MAX = 2;

// {name, label, bounds(), fit_bounds(), max_scale, up, view: {x, y, z} | null,
//  makeGround(canvas) -> ground | null, drawSigns(at, stage), drawMarks(at, stage, time), moves(time),
//  onpaint(), onview(camera), onhover(x, y, px, py), onpick(x, y), onleave()}
export function createStage(options) {
  const element = h('div.map', { tabindex: 0, role: 'application', 'aria-label': options.label, 'data-map': options.name });
  const sheets = {};
  const stage = { element, palette: null, ratio: 1, camera: null, ground: null, problem: null };
  let dirty = true; // signs
  let wanted = false; // a picture
  let raf = 0;
  let finished = false;

  function newSheet(name) {
    const canvas = h(`canvas.map-${name}`, { 'aria-hidden': 'true' });
    if (sheets[name]) sheets[name].replaceWith(canvas);
    else element.append(canvas);
    sheets[name] = canvas;
    return canvas;
  }

  function sizeSheets() {
    const { clientWidth: width, clientHeight: height } = element;
    if (width === 0 || height === 0) return;
    stage.ratio = Math.min(RATIO_MAX, devicePixelRatio || 1);
    for (const canvas of Object.values(sheets)) {
      canvas.width = Math.round(width * stage.ratio);
      canvas.height = Math.round(height * stage.ratio);
    }
    stage.camera.resize(width, height);
    stage.paint();
  }

  function sheetOf(name) {
    const at = sheets[name].getContext('2d');
    at.setTransform(1, 0, 0, 1, 0, 0);
    at.clearRect(0, 0, sheets[name].width, sheets[name].height);
    at.setTransform(stage.ratio, 0, 0, stage.ratio, 0, 0);
    return at;
  }

  function draw(time) {
    raf = 0;
    wanted = false;
    if (finished || sheets.marks.width < 2) return;
    if (options.drawGround) options.drawGround(stage, time);
    if (dirty) {
      dirty = false;
      options.drawSigns(sheetOf('signs'), stage);
    }
    options.drawMarks(sheetOf('marks'), stage, time);
    if (options.moves && options.moves(time)) stage.move();
  }

  // Another picture of what moves; of everything.
  stage.move = () => {
    if (wanted) return;
    wanted = true;
    raf = requestAnimationFrame(draw);
  };
  stage.paint = () => {
    dirty = true;
    stage.move();
  };
  // Theme, or another hall: colours and what hangs on them.
  stage.dress = () => {
    stage.palette = readPalette(element);
    if (options.onpaint) options.onpaint(stage);
    stage.paint();
  };
  // Takes a ground by its makers, the first that does not throw.
  stage.makeGround = (makers) => {
    stage.problem = null;
    for (const make of makers) {
      try {
        stage.ground = make(newSheet('ground'));
        break;
      } catch (error) {
        stage.problem = error.message;
      }
    }
    element.prepend(sheets.ground);
    element.dataset.renderer = stage.ground ? stage.ground.name : 'none';
    sheets.ground.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      if (!finished && makers.length > 1) {
        stage.makeGround(makers.slice(1));
        sizeSheets();
        stage.dress();
      }
    });
  };
  stage.finish = () => {
    finished = true;
    cancelAnimationFrame(raf);
    resized.disconnect();
    removeEventListener('plenum-theme', stage.dress);
    if (stage.ground) stage.ground.finish();
  };

  if (options.grounds) stage.makeGround(options.grounds);
  newSheet('signs');
  newSheet('marks');
  const hint = h('div.map-hint', { 'aria-hidden': 'true' });
  const zoom = h('div.map-tools', { role: 'group', 'aria-label': 'Zoom' },
    h('button', { type: 'button', 'aria-label': 'Closer', title: 'Closer (+)', onclick: () => stage.camera.zoomAt(stage.camera.width / 2, stage.camera.height / 2, 1.6) }, '+'),
    h('button', { type: 'button', 'aria-label': 'Further', title: 'Further (−)', onclick: () => stage.camera.zoomAt(stage.camera.width / 2, stage.camera.height / 2, 1 / 1.6) }, '−'),
    h('button', { type: 'button', 'aria-label': 'All of it', title: 'All of it (0)', onclick: () => stage.camera.fit() }, '⤢'));
  const status = h('div.map-status');
  stage.status = (text) => say(status, text);
  // Text beside the pointer, or none.
  stage.hint = (text, px = 0, py = 0) => {
    hint.hidden = !text;
    if (!text) return;
    say(hint, text);
    const left = px > stage.camera.width - 220 ? px - 12 - hint.offsetWidth : px + 14;
    hint.style.transform = `translate(${Math.round(left)}px, ${Math.round(py + 14)}px)`;
  };
  stage.hint(null);
  const input = h('div.map-input');
  element.append(input, hint);
  stage.frame = h('div.map-frame', element, zoom, status);

  stage.camera = createCamera(element, {
    bounds: options.bounds, fit_bounds: options.fit_bounds, max_scale: options.max_scale, up: options.up,
    onchange() {
      stage.paint();
      options.onview(stage.camera);
    },
    onhover: (px, py) => options.onhover(...stage.camera.toPlane(px, py), px, py),
    onpick: (px, py) => options.onpick(...stage.camera.toPlane(px, py), px, py),
    onleave: options.onleave,
  });
  const resized = new ResizeObserver(sizeSheets);
  resized.observe(element);
  addEventListener('plenum-theme', stage.dress);
  return stage;
}

// A small picture for a legend.
export function iconOf(px, draw) {
  const ratio = Math.min(RATIO_MAX, devicePixelRatio || 1);
  const canvas = h('canvas.icon', { width: Math.round(px * ratio), height: Math.round(px * ratio), 'aria-hidden': 'true' });
  canvas.style.width = `${px}px`;
  canvas.style.height = `${px}px`;
  const at = canvas.getContext('2d');
  at.scale(ratio, ratio);
  draw(at, px);
  return canvas;
}
