// Camera: which part of a plane is seen, and how mouse, touch and keys move it.
//
// x, y: the point in the middle of the picture, in units of the plane; scale: pixels a unit. With
// `up` the plane's y grows upwards. A camera is told its bounds, and never loses sight of them; fit
// shows fit_bounds, the part of them that matters.

const WHEEL = 0.0015;
const KEY_PAN = 0.12; // of the picture
const KEY_ZOOM = 1.35;
const CLICK_PX = 5;
const FIT = 0.94;

export function createCamera(element, { bounds, fit_bounds = bounds, max_scale, up = false, onchange, onhover, onpick, onleave }) {
  const sign = up ? -1 : 1;
  const camera = { x: 0, y: 0, scale: 1, width: 1, height: 1, fitted: true };
  const pointers = new Map();
  let pinch = null;
  let moved = 0;

  const scaleOf = ([x0, y0, x1, y1]) => FIT * Math.min(camera.width / Math.max(1e-9, x1 - x0), camera.height / Math.max(1e-9, y1 - y0));
  function settle() {
    const [x0, y0, x1, y1] = bounds();
    const least = scaleOf(bounds()) * 0.5;
    camera.scale = Math.max(least, Math.min(Math.max(max_scale, least), camera.scale));
    camera.x = Math.max(x0, Math.min(x1, camera.x));
    camera.y = Math.max(y0, Math.min(y1, camera.y));
  }
  camera.fit = () => {
    const [x0, y0, x1, y1] = fit_bounds();
    Object.assign(camera, { x: (x0 + x1) / 2, y: (y0 + y1) / 2, scale: scaleOf([x0, y0, x1, y1]), fitted: true });
    onchange();
  };
  camera.set = (x, y, scale) => {
    Object.assign(camera, { x, y, scale, fitted: false });
    settle();
    onchange();
  };
  camera.resize = (width, height) => {
    Object.assign(camera, { width, height });
    if (camera.fitted) camera.fit();
    else onchange();
  };
  camera.toScreen = (x, y) => [(x - camera.x) * camera.scale + camera.width / 2, sign * (y - camera.y) * camera.scale + camera.height / 2];
  camera.toPlane = (px, py) => [(px - camera.width / 2) / camera.scale + camera.x, sign * (py - camera.height / 2) / camera.scale + camera.y];
  camera.panBy = (dx, dy) => camera.set(camera.x - dx / camera.scale, camera.y - (sign * dy) / camera.scale, camera.scale);
  // Zooms by a factor; what is at (px, py) of the picture stays there.
  camera.zoomAt = (px, py, factor) => {
    const [x, y] = camera.toPlane(px, py);
    camera.scale *= factor;
    settle();
    const [after_x, after_y] = camera.toPlane(px, py);
    camera.set(camera.x + x - after_x, camera.y + y - after_y, camera.scale);
  };
  // [x0, y0, x1, y1] that is seen, with a margin as a part of it.
  camera.seen = (margin = 0) => {
    const half_x = (camera.width / camera.scale / 2) * (1 + margin);
    const half_y = (camera.height / camera.scale / 2) * (1 + margin);
    return [camera.x - half_x, camera.y - half_y, camera.x + half_x, camera.y + half_y];
  };

  const placeOf = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const spanOf = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, length: Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1])) };
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, placeOf(event));
    element.setPointerCapture(event.pointerId);
    if (pointers.size === 1) moved = 0;
    if (pointers.size === 2) pinch = spanOf();
  });
  element.addEventListener('pointermove', (event) => {
    const place = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      onhover(...place);
      return;
    }
    pointers.set(event.pointerId, place);
    moved += Math.abs(place[0] - before[0]) + Math.abs(place[1] - before[1]);
    if (pinch && pointers.size === 2) {
      const now = spanOf();
      camera.panBy(now.x - pinch.x, now.y - pinch.y);
      camera.zoomAt(now.x, now.y, now.length / pinch.length);
      pinch = now;
    } else if (moved > CLICK_PX) {
      camera.panBy(place[0] - before[0], place[1] - before[1]);
    }
  });
  const release = (event) => {
    const was = pointers.delete(event.pointerId);
    if (was && pointers.size === 0 && moved <= CLICK_PX && event.type === 'pointerup') onpick(...placeOf(event));
    if (pointers.size < 2) pinch = null;
  };
  element.addEventListener('pointerup', release);
  element.addEventListener('pointercancel', release);
  element.addEventListener('pointerleave', () => onleave());
  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    camera.zoomAt(...placeOf(event), Math.exp(-event.deltaY * lines * WHEEL));
  }, { passive: false });
  element.addEventListener('dblclick', (event) => camera.zoomAt(...placeOf(event), 2));
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pan = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const middle = [camera.width / 2, camera.height / 2];
    if (pan) camera.panBy(pan[0] * KEY_PAN * camera.width, pan[1] * KEY_PAN * camera.height);
    else if (event.key === '+' || event.key === '=') camera.zoomAt(...middle, KEY_ZOOM);
    else if (event.key === '-' || event.key === '_') camera.zoomAt(...middle, 1 / KEY_ZOOM);
    else if (event.key === '0') camera.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return camera;
}
