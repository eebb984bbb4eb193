// Words of the Capacity view: money, sizes of jobs, and the command lines that say the same.
import * as format from '../format.js';

const HOUR = 3_600_000;

const money = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

// In the unit in which the site sells, whichever that is.
export function price(micro) {
  return micro === null || micro === undefined ? format.NONE : money.format(micro / 1_000_000);
}

// 01-05 14:03: for columns; the year is on the clock.
export function when(ms) {
  return ms === null || ms === undefined ? format.NONE : format.minute(ms).slice(5);
}

export function accelerators(count) {
  return `${format.milli(count * 1000)} accelerator${count === 1 ? '' : 's'}`;
}

// Of all its servers together, in thousandths.
export function jobMilli(job) {
  return job.servers * job.accelerators * job.milli;
}

export function hours(duration_ms) {
  return `${Math.round((duration_ms / HOUR) * 100) / 100}h`;
}

// {accelerators, duration_ms, chip, within, tenant} with names for chip and tenant, and start_ms.
export function cliOf(verb, { accelerators: count, duration_ms, chip, within, tenant, start_ms }) {
  const words = [`plenum capacity ${verb} --accelerators ${count} --for ${hours(duration_ms)}`];
  if (chip) words.push(`--chip ${chip}`);
  if (within && within !== 'site') words.push(`--within ${within}`);
  if (start_ms) words.push(`--start ${new Date(start_ms).toISOString().slice(0, 19)}Z`);
  if (tenant) words.push(`--tenant ${tenant}`);
  return words.join(' ');
}
