// A small chart of one series over time (uPlot): its name, its value now or under the pointer, the
// line. Charts with the same `sync` show the same instant; a click asks for that instant.
import uPlot from 'uplot';
import { h, say } from '../dom.js';
import * as format from '../format.js';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function lastKnown(values) {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] !== null) return i;
  return -1;
}

// Ticks of a day stand at whole hours of UTC; the day is named where it begins.
function tickText(seconds, step_s) {
  const ms = seconds * 1000;
  if (step_s >= 86_400 || ms % 86_400_000 === 0) return format.date(ms).slice(5);
  return format.clock(ms).slice(0, step_s < 60 ? 8 : 5);
}

// Whole numbers only: 1, 2, 5, 10, …
const INCRS = Array.from({ length: 36 }, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));

// {title, name, text(value) -> '1,966.8 kW', sync, height, onpick(ms)}
export function seriesChart({ title, name, text, sync, height = 96, onpick = null }) {
  const value = h('span.series-value', { 'data-series': name }, '–');
  const when = h('span.series-when');
  const plot_root = h('div.series-plot', { role: 'img', 'aria-label': title });
  plot_root.style.setProperty('height', `${height}px`);
  const why = h('div.series-none', { hidden: true });
  const element = h(
    'figure.series',
    h('figcaption', h('span.series-title', title), when, value),
    plot_root,
    why,
  );
  let data = [[], []];
  let plot = null;

  function showValue(i) {
    const at = i === null || i === undefined ? lastKnown(data[1]) : i;
    say(
      value,
      at < 0 || data[1][at] === null || data[1][at] === undefined ? format.NONE : text(data[1][at]),
    );
    say(
      when,
      i === null || i === undefined || data[0][at] === undefined
        ? ''
        : format.minute(data[0][at] * 1000).slice(5),
    );
  }

  function make() {
    const axis = {
      stroke: colour('--muted'),
      font: `11px ${colour('--sans')}`,
      ticks: { show: false },
      grid: { stroke: colour('--line'), width: 1 },
    };
    return new uPlot(
      {
        width: Math.max(80, plot_root.clientWidth),
        height,
        padding: [8, 20, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: sync },
          points: { size: 6 },
          drag: { x: false, y: false },
          y: false,
          bind: {
            click: (u) => () => {
              const at = u.cursor.idx;
              if (onpick && at !== null && at !== undefined)
                onpick(Math.round(u.data[0][at] * 1000));
              return null;
            },
          },
        },
        scales: {
          x: { time: false },
          y: { range: (u, min, max) => [Math.min(0, min ?? 0), Math.max(1, (max ?? 1) * 1.08)] },
        },
        series: [
          {},
          {
            stroke: colour('--accent'),
            width: 1.5,
            fill: colour('--series-fill'),
            points: { show: false },
            spanGaps: false,
          },
        ],
        axes: [
          {
            ...axis,
            size: 22,
            gap: 6,
            space: 64,
            incrs: [
              1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
              604_800,
            ],
            values: (u, splits) =>
              splits.map((each) => tickText(each, splits.length > 1 ? splits[1] - splits[0] : 60)),
          },
          {
            ...axis,
            size: 52,
            gap: 6,
            space: 24,
            incrs: INCRS,
            values: (u, splits) => splits.map((each) => text(each, true)),
          },
        ],
        hooks: { setCursor: [(u) => showValue(u.cursor.left < 0 ? null : u.cursor.idx)] },
      },
      data,
      plot_root,
    );
  }

  function remake() {
    if (plot) plot.destroy();
    plot = make();
  }

  const resized = new ResizeObserver(() => {
    if (plot && plot_root.clientWidth > 0 && plot.width !== plot_root.clientWidth)
      plot.setSize({ width: plot_root.clientWidth, height });
  });
  resized.observe(plot_root);
  addEventListener('plenum-theme', remake);

  return {
    element,
    // {from_ms, step_ms, values: [number or null]}; none: why there is no line
    set({ from_ms, step_ms, values, none = null }) {
      data = [values.map((each, i) => (from_ms + i * step_ms) / 1000), values];
      if (!plot) plot = make();
      else plot.setData(data);
      const empty = lastKnown(values) < 0;
      why.hidden = !empty;
      say(why, empty ? none || '' : '');
      if (plot.cursor.left < 0 || plot.cursor.left === undefined) showValue(null);
      plot_root.setAttribute(
        'aria-label',
        empty
          ? `${title}: ${none || 'nothing is known'}`
          : `${title}: ${text(values[lastKnown(values)])} at the end of the line`,
      );
    },
    finish() {
      resized.disconnect();
      removeEventListener('plenum-theme', remake);
      if (plot) plot.destroy();
    },
  };
}
