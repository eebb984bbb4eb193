// Round instants for an axis of time, in UTC: hours, days, weeks or months apart.

const HOUR = 3600000;
const STEPS = [
  HOUR / 4,
  HOUR / 2,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  48 * HOUR,
  7 * 24 * HOUR,
  14 * 24 * HOUR,
  28 * 24 * HOUR,
  91 * 24 * HOUR,
];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function label(at_ms) {
  const at = new Date(at_ms);
  const midnight = at_ms % (24 * HOUR) === 0;
  return midnight
    ? `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`
    : at.toISOString().slice(11, 16);
}

// [{at_ms, text}] in [from_ms, until_ms), at most about `most` of them.
export function instantAxis(from_ms, until_ms, most) {
  const step = STEPS.find((each) => (until_ms - from_ms) / each <= most) || STEPS[STEPS.length - 1];
  const ticks = [];
  for (let at_ms = Math.ceil(from_ms / step) * step; at_ms < until_ms; at_ms += step)
    ticks.push({ at_ms, text: label(at_ms) });
  return ticks;
}
