// Numbers and times as people read them. Sites count in UTC.

const group = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const two = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const NONE = '–';

const known = (value) => value !== null && value !== undefined;

export function count(value) {
  return known(value) ? group.format(value) : NONE;
}

// 950 W, 1,966.8 kW, 12.40 MW: three or four figures that count.
export function watts(w) {
  if (!known(w)) return NONE;
  const size = Math.abs(w);
  if (size < 1000) return `${group.format(w)} W`;
  if (size < 10_000_000) return `${one.format(w / 1000)} kW`;
  return `${two.format(w / 1_000_000)} MW`;
}

// The same in kilowatts always, for columns.
export function kilowatts(w) {
  return known(w) ? one.format(w / 1000) : NONE;
}

export function percent(part, whole) {
  if (!known(part) || !whole) return NONE;
  const value = (100 * part) / whole;
  return `${value !== 0 && Math.abs(value) < 10 ? one.format(value) : group.format(value)} %`;
}

// Accelerators in thousandths: 3, 0.5.
export function milli(value) {
  return known(value) ? String(Math.round(value) / 1000) : NONE;
}

export function bytes(value) {
  if (!known(value)) return NONE;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  let left = value;
  for (; left >= 1024 && unit < units.length - 1; unit++) left /= 1024;
  return `${left < 10 && unit > 0 ? one.format(left) : group.format(left)} ${units[unit]}`;
}

export function date(ms) {
  if (!known(ms)) return NONE;
  return new Date(ms).toISOString().slice(0, 10);
}

// 14:03:22
export function clock(ms) {
  if (!known(ms)) return NONE;
  return new Date(ms).toISOString().slice(11, 19);
}

// 2026-01-05 14:03:22
export function instant(ms) {
  return known(ms) ? `${date(ms)} ${clock(ms)}` : NONE;
}

// 2026-01-05 14:03
export function minute(ms) {
  return instant(ms).slice(0, 16);
}

// 45 s, 12 min, 3 h 20 min, 2 d 4 h: the two parts that count.
export function duration(ms) {
  if (!known(ms)) return NONE;
  const sign = ms < 0 ? '−' : '';
  const s = Math.floor(Math.abs(ms) / 1000);
  const m = Math.floor(s / 60);
  const hours = Math.floor(m / 60);
  const d = Math.floor(hours / 24);
  const join = (a, unit_a, b, unit_b) => `${a} ${unit_a}${b > 0 ? ` ${b} ${unit_b}` : ''}`;
  if (m < 1) return `${sign}${s} s`;
  if (hours < 1) return sign + join(m, 'min', m < 10 ? s % 60 : 0, 's');
  if (d < 1) return sign + join(hours, 'h', m % 60, 'min');
  return sign + join(d, 'd', hours % 24, 'h');
}

// "12 min ago", "in 3 h", "now"
export function relative(ms, now_ms) {
  if (!known(ms) || !known(now_ms)) return NONE;
  const away = ms - now_ms;
  if (Math.abs(away) < 1000) return 'now';
  return away < 0 ? `${duration(-away)} ago` : `in ${duration(away)}`;
}

// How fast the clock runs against ours: 60×.
export function speed(speed_milli) {
  if (!known(speed_milli)) return NONE;
  if (speed_milli === 0) return 'max';
  return `${speed_milli % 1000 === 0 ? speed_milli / 1000 : two.format(speed_milli / 1000)}×`;
}
