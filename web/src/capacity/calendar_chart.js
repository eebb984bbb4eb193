// The calendar, drawn: one row for each pool of accelerators (a chip, or a rack), time to the
// right.
//
// In a row the height is what there is at that instant (total), the filled part what is sold, so
// the paler rest is free. What is kept clear for work is grey, at the top of what is sold; what is
// on racks that are still to come is hatched, from the top down. A row of racks is low, a row of
// chips is high; both read the same way. What is chosen elsewhere (an offer) is a frame over all
// rows; what comes and goes has a mark on the axis.
//
// The canvas tells the point under the mouse, or under the cursor that the arrow keys move, through
// onPoint({ at_ms, row, bucket } or null). It keeps no data but what draw() was last given.
import { count } from '../format.js';
import { instantAxis } from './calendar_axis.js';

const LABEL = 148; // width of the names to the left
const AXIS = 22; // height of the axis below
const HIGH = 64; // the highest that a row gets
const HATCH = 6; // pixels from line to line
const MARK = 8; // wide; of what is closer than that one is drawn
const MARKS = { arrival: [5, -2], retirement: [-2, 5] }; // a triangle: its foot, its tip

// { label, row, gap }: how wide the names are, and how high rows are, for a canvas of that size.
function layout(width, height, count) {
  const label = Math.min(LABEL, Math.floor(width * 0.3));
  const room = Math.max(0, height - AXIS);
  const each = count > 0 ? room / count : room;
  const gap = each > 24 ? 8 : each > 8 ? 2 : 0;
  return { label, gap, row: Math.min(HIGH, each - gap), each: Math.min(HIGH + gap, each) };
}

function colours(canvas) {
  const style = getComputedStyle(canvas);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    text: of('--text'),
    muted: of('--muted'),
    line: of('--line'),
    sold: of('--accent'),
    free: of('--accent-soft'),
    clear: of('--muted'),
    frame: of('--text'),
    font: style.fontFamily,
  };
}

// Lines from corner to corner of a square, to be repeated.
function hatchOf(pen, colour) {
  const tile = new OffscreenCanvas(HATCH, HATCH);
  const ink = tile.getContext('2d');
  ink.strokeStyle = colour;
  ink.beginPath();
  for (const at of [-HATCH, 0, HATCH]) {
    ink.moveTo(at - 1, HATCH + 1);
    ink.lineTo(at + HATCH + 1, -1);
  }
  ink.stroke();
  return pen.createPattern(tile, 'repeat');
}

export class CalendarChart {
  constructor(canvas, onPoint) {
    this.canvas = canvas;
    this.onPoint = onPoint;
    // { from_ms, step_ms, rows: [{ name, total: [], sold: [], to_come: [], kept_clear: [] }] }
    this.data = null;
    this.marks = []; // [{ kind, from_ms }]
    this.frame = null; // { start_ms, end_ms }
    this.cursor = null; // { bucket, row }
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(canvas);
    this.onTheme = () => this.paint();
    addEventListener('plenum-theme', this.onTheme);
    canvas.addEventListener('pointermove', (event) => this.pointAt(event));
    canvas.addEventListener('pointerdown', (event) => this.pointAt(event));
    canvas.addEventListener('pointerleave', () => this.point(null));
    canvas.addEventListener('keydown', (event) => this.key(event));
    canvas.addEventListener('blur', () => this.point(null));
  }

  finish() {
    this.observer.disconnect();
    removeEventListener('plenum-theme', this.onTheme);
  }

  draw(data, frame) {
    this.data = data;
    this.frame = frame;
    this.paint();
  }

  get buckets() {
    return this.data && this.data.rows.length > 0 ? this.data.rows[0].total.length : 0;
  }

  // --- the point ------------------------------------------------------------------------------

  pointAt(event) {
    if (this.buckets === 0) return;
    const box = this.canvas.getBoundingClientRect();
    const { label, each } = layout(box.width, box.height, this.data.rows.length);
    const part = (event.clientX - box.left - label) / (box.width - label);
    const row = Math.floor((event.clientY - box.top) / each);
    const inside = part >= 0 && part < 1 && row >= 0 && row < this.data.rows.length;
    this.point(inside ? { bucket: Math.floor(part * this.buckets), row } : null);
  }

  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = step[event.key];
    if (!move || this.buckets === 0) return;
    event.preventDefault();
    const from = this.cursor || { bucket: 0, row: 0 };
    const within = (value, count) => Math.max(0, Math.min(count - 1, value));
    this.point({
      bucket: within(from.bucket + move[0], this.buckets),
      row: within(from.row + move[1], this.data.rows.length),
    });
  }

  point(cursor) {
    this.cursor = cursor;
    this.paint();
    if (!cursor) return this.onPoint(null);
    const row = this.data.rows[cursor.row];
    return this.onPoint({
      row,
      bucket: cursor.bucket,
      at_ms: this.data.from_ms + cursor.bucket * this.data.step_ms,
    });
  }

  // --- the picture ----------------------------------------------------------------------------

  paint() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const pen = this.canvas.getContext('2d');
    pen.scale(scale, scale);
    if (this.buckets === 0) return;
    const colour = colours(this.canvas);
    const place = layout(width, height, this.data.rows.length);
    const x = (at_ms) =>
      place.label +
      ((width - place.label) * (at_ms - this.data.from_ms)) / (this.data.step_ms * this.buckets);
    pen.font = `12px ${colour.font}`;
    colour.hatch = hatchOf(pen, colour.sold);
    this.data.rows.forEach((row, index) => this.paintRow(pen, colour, place, row, index, width));
    this.paintAxis(pen, colour, x, width, place.each * this.data.rows.length);
    this.paintMarks(pen, colour, x, place.each * this.data.rows.length);
    this.paintFrame(pen, colour, x, place);
    this.paintCursor(pen, colour, x, place);
  }

  paintRow(pen, colour, place, row, index, width) {
    const top = index * place.each;
    const most = Math.max(1, ...row.total);
    const wide = (width - place.label) / this.buckets;
    const y = (value) => top + place.row * (1 - value / most);
    // What lies between two heights in each bucket; buckets that are alike are one.
    const band = (lower, upper, style) => {
      pen.fillStyle = style;
      pen.beginPath();
      for (let from = 0, until; from < this.buckets; from = until) {
        const [low, high] = [lower(from), upper(from)];
        for (until = from + 1; until < this.buckets; until++)
          if (lower(until) !== low || upper(until) !== high) break;
        if (high > low)
          pen.rect(place.label + from * wide, y(high), (until - from) * wide, y(low) - y(high));
      }
      pen.fill();
    };
    const of = (name) => (bucket) => row[name][bucket] || 0;
    const bottom = () => 0;
    const booked = (bucket) => row.sold[bucket] - row.kept_clear[bucket];
    pen.fillStyle = colour.line;
    pen.fillRect(place.label, top + place.row - 1, width - place.label, 1);
    band(bottom, of('total'), colour.free);
    pen.globalAlpha = 0.75;
    band(bottom, booked, colour.sold);
    pen.globalAlpha = 0.6;
    band(booked, of('sold'), colour.clear);
    pen.globalAlpha = 0.5;
    band((bucket) => row.total[bucket] - row.to_come[bucket], of('total'), colour.hatch);
    pen.globalAlpha = 1;
    this.paintName(pen, colour, place, row, top);
  }

  paintName(pen, colour, place, row, top) {
    const bucket = this.cursor ? this.cursor.bucket : 0;
    if (place.each < 9) return;
    pen.textBaseline = 'middle';
    const middle = top + place.row / 2;
    const two = place.row >= 34;
    pen.fillStyle = colour.text;
    pen.font = `${place.each < 14 ? 9 : 12}px ${colour.font}`;
    pen.fillText(row.name, 0, two ? middle - 8 : middle, place.label - 8);
    if (!two) return;
    pen.fillStyle = colour.muted;
    pen.fillText(
      `${count(row.sold[bucket])} of ${count(row.total[bucket])} sold`,
      0,
      middle + 9,
      place.label - 8,
    );
  }

  paintAxis(pen, colour, x, width, top) {
    const until_ms = this.data.from_ms + this.data.step_ms * this.buckets;
    pen.font = `11px ${colour.font}`;
    pen.textBaseline = 'top';
    pen.strokeStyle = colour.line;
    pen.fillStyle = colour.muted;
    let free = -Infinity; // where the last label ends
    const most = (width - x(this.data.from_ms)) / 72;
    for (const { at_ms, text } of instantAxis(this.data.from_ms, until_ms, most)) {
      const at = Math.round(x(at_ms)) + 0.5;
      pen.beginPath();
      pen.moveTo(at, 0);
      pen.lineTo(at, top + 4);
      pen.stroke();
      const wide = pen.measureText(text).width;
      const left = Math.min(at - wide / 2, width - wide);
      if (left > free) pen.fillText(text, left, top + 6);
      if (left > free) free = left + wide + 8;
    }
  }

  paintMarks(pen, colour, x, top) {
    const last = {}; // by kind, where one was drawn
    pen.fillStyle = colour.muted;
    for (const { kind, from_ms } of this.marks) {
      const at = x(from_ms);
      const within = at >= x(this.data.from_ms) && at <= this.canvas.clientWidth;
      if (!MARKS[kind] || !within || at - last[kind] < MARK) continue;
      const [foot, tip] = MARKS[kind];
      last[kind] = at;
      pen.beginPath();
      pen.moveTo(at - MARK / 2, top + foot);
      pen.lineTo(at + MARK / 2, top + foot);
      pen.lineTo(at, top + tip);
      pen.fill();
    }
  }

  paintFrame(pen, colour, x, place) {
    if (!this.frame) return;
    const left = Math.max(x(this.frame.start_ms), place.label);
    const right = Math.min(x(this.frame.end_ms), this.canvas.clientWidth - 1);
    if (right <= left) return;
    pen.strokeStyle = colour.frame;
    pen.lineWidth = 2;
    pen.setLineDash([5, 3]);
    pen.strokeRect(left, 1, Math.max(2, right - left), place.each * this.data.rows.length - 2);
    pen.setLineDash([]);
    pen.lineWidth = 1;
  }

  paintCursor(pen, colour, x, place) {
    if (!this.cursor) return;
    const at = x(this.data.from_ms + this.data.step_ms * (this.cursor.bucket + 0.5));
    pen.strokeStyle = colour.frame;
    pen.beginPath();
    pen.moveTo(at, 0);
    pen.lineTo(at, place.each * this.data.rows.length);
    pen.stroke();
    pen.strokeRect(
      place.label + 0.5,
      this.cursor.row * place.each + 0.5,
      this.canvas.clientWidth - place.label - 1,
      place.row,
    );
  }
}
