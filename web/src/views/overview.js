// Overview: five figures, what is wrong with what to do about it, and how the figures went.
import { h, fill } from '../dom.js';
import * as format from '../format.js';
import { cliLine } from '../components/cli.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { figure } from '../components/figure.js';
import { createRefresh } from '../refresh.js';
import { seriesChart } from '../components/series.js';

const SERIES_MS = 5000;
const POINTS = 240;
const HOUR_MS = 3_600_000;
const SPANS = [
  ['1h', HOUR_MS, '1 h'],
  ['6h', 6 * HOUR_MS, '6 h'],
  ['1d', 24 * HOUR_MS, '1 d'],
  ['7d', 168 * HOUR_MS, '7 d'],
  ['all', Infinity, 'all'],
];

const whole = (value) => format.count(Math.round(value));
// On an axis, the shortest that says it.
const short = (value) => (value >= 10_000 ? `${format.count(value / 1000)}k` : format.count(value));
const SERIES = [
  ['power_w', 'Power, kW', (w, axis) => (axis ? format.count(w / 1000) : format.watts(w))],
  ['sold', 'Accelerators sold', (n, axis) => (axis ? short(n) : whole(n))],
  ['in_service', 'Accelerators in service', (n, axis) => (axis ? short(n) : whole(n))],
  ['tasks_done', 'Tasks done', (n, axis) => (axis ? short(n) : whole(n))],
  ['robots_busy', 'Robots busy', (n, axis) => (axis ? short(n) : whole(n))],
  ['flying', 'Drones flying', (n, axis) => (axis ? short(n) : whole(n))],
];

const SEVERITY = { critical: 'Critical', warning: 'Warning', info: 'Note' };

// What a site has none of is said, not shown as 0 of 0.
function partOf(part, whole_of, name) {
  return whole_of === 0 ? `none on this site` : `of ${format.count(whole_of)} ${name}`;
}

function createFigures() {
  const power = figure({ label: 'Power', name: 'power.w', href: '/power', bar: true });
  const sold = figure({
    label: 'Accelerators sold',
    name: 'accelerators.sold',
    href: '/capacity',
    bar: true,
  });
  const racks = figure({
    label: 'Racks in service',
    name: 'racks.in_service',
    href: '/racks',
    bar: true,
  });
  const robots = figure({ label: 'Robots busy', name: 'robots.busy', href: '/floor', bar: true });
  const drones = figure({ label: 'Drones flying', name: 'drones.flying', href: '/air', bar: true });
  const all = [power, sold, racks, robots, drones];
  return {
    element: h(
      'section.figures',
      { 'aria-label': 'Figures' },
      all.map((each) => each.element),
    ),
    set(f) {
      const usable_w = f.power.w + Math.max(0, f.power.headroom_feed_lost_w);
      power.set({
        raw: f.power.w,
        text: format.watts(f.power.w),
        bar: { value: f.power.w, limit: usable_w, warns: true },
        note: `${format.watts(f.power.headroom_feed_lost_w)} left with a feed lost`,
        level: f.power.headroom_feed_lost_w < 0 ? 'critical' : 'normal',
      });
      sold.set({
        raw: f.accelerators.sold,
        text: format.count(f.accelerators.sold),
        bar: { value: f.accelerators.sold, limit: f.accelerators.in_service },
        note:
          f.accelerators.total === 0
            ? 'none on this site'
            : `${format.count(f.accelerators.free)} free · ${format.count(f.accelerators.in_service)} in service of ${format.count(f.accelerators.total)}`,
      });
      racks.set({
        raw: f.racks.in_service,
        text: format.count(f.racks.in_service),
        bar: { value: f.racks.in_service, limit: f.racks.total },
        note: `${partOf(f.racks.in_service, f.racks.total, '')} · ${f.racks.failed} failed · ${format.count(f.racks.coming)} coming`,
        level: f.racks.failed > 0 ? 'warning' : 'normal',
      });
      robots.set({
        raw: f.robots.busy,
        text: format.count(f.robots.busy),
        bar: { value: f.robots.busy, limit: f.robots.total },
        note: `${format.count(f.robots.idle)} idle · ${format.count(f.robots.charging)} charging · ${f.robots.broken} broken`,
        level: f.robots.broken > 0 ? 'warning' : 'normal',
      });
      drones.set({
        raw: f.drones.flying,
        text: format.count(f.drones.flying),
        bar: { value: f.drones.flying, limit: f.drones.total },
        note: `${format.count(f.drones.ready)} ready · ${f.drones.grounded} grounded`,
        level: f.drones.grounded > 0 ? 'warning' : 'normal',
      });
    },
  };
}

function alarmItem(alarm) {
  return h(
    'li.alarm',
    {
      'data-row': `alarm/${alarm.code}/${alarm.subject}`,
      data: { level: alarm.severity, code: alarm.code },
    },
    h(
      'span.state',
      { data: { level: alarm.severity === 'info' ? 'active' : alarm.severity } },
      SEVERITY[alarm.severity] || alarm.severity,
    ),
    h('div.alarm-what', h('a', { href: alarm.view }, alarm.subject), ' ', h('span', alarm.reason)),
    h('div.alarm-todo', h('span.muted', 'To do: '), alarm.todo),
    h('div.alarm-cli', cliLine(alarm.cli).element),
  );
}

function createAlarms() {
  const list = h('ul.alarms');
  const count = h('span.muted');
  let had = '';
  return {
    element: h(
      'section.panel.alarms-panel',
      { 'aria-labelledby': 'alarms' },
      h('header', h('h2', { id: 'alarms' }, 'What is wrong'), count),
      list,
    ),
    set({ alarms, alarms_left_out: left_out = 0 }) {
      const now = JSON.stringify([alarms, left_out]);
      if (now === had) return;
      had = now;
      count.textContent =
        alarms.length === 0
          ? ''
          : `${alarms.length}${left_out > 0 ? `, and ${left_out} more like them` : ''}`;
      fill(
        list,
        alarms.length === 0
          ? h(
              'li',
              emptyPanel(
                'Nothing is wrong',
                'No alarm stands. What goes wrong comes here first, the worst on top.',
              ),
            )
          : alarms.map(alarmItem),
      );
    },
  };
}

function createSeries(app) {
  const charts = SERIES.map(([name, title, text]) =>
    seriesChart({
      title,
      name,
      text,
      sync: 'overview',
      onpick: (ms) => app.clock.show(ms, { push: true }),
    }),
  );
  const spans = SPANS.map(([key, , title]) =>
    h(
      'button.small',
      {
        type: 'button',
        'aria-pressed': 'false',
        onclick: () => app.url.set({ span: key === '1d' ? null : key }),
      },
      title,
    ),
  );
  let asked = -Infinity;
  let asked_for = '';
  let stop = null;

  async function refresh() {
    const { shown_ms, span } = app.clock;
    if (shown_ms === null) return;
    const key = app.url.get('span') || '1d';
    spans.forEach((button, i) => button.setAttribute('aria-pressed', String(SPANS[i][0] === key)));
    const wanted = `${key} ${app.clock.at_ms}`;
    if (wanted === asked_for && performance.now() - asked < SERIES_MS) return;
    asked = performance.now();
    asked_for = wanted;
    if (stop) stop.abort();
    const mine = (stop = new AbortController());
    const first = span.start_ms ?? shown_ms - 24 * HOUR_MS;
    const length = (SPANS.find((each) => each[0] === key) || SPANS[2])[1];
    const from_ms = Math.min(Math.max(first, shown_ms - length), shown_ms - 60_000);
    try {
      const answer = await app.api.get(
        '/v1/series',
        { from_ms, until_ms: shown_ms, points: POINTS },
        { signal: mine.signal, live: true },
      );
      SERIES.forEach(([name], i) =>
        charts[i].set({
          ...answer,
          values: answer.series[name] || [],
          none: 'Not known: figures are kept while the site runs.',
        }),
      );
    } catch (error) {
      if (error.name === 'AbortError') return;
      charts.forEach((chart) =>
        chart.set({ from_ms, step_ms: 60_000, values: [null], none: error.message }),
      );
    }
  }

  return {
    element: h(
      'section.panel',
      { 'aria-labelledby': 'series' },
      h(
        'header',
        h('h2', { id: 'series' }, 'How it went'),
        h('span.muted.wide', 'a click shows that instant'),
        h('span.end.segments', { role: 'group', 'aria-label': 'Time span' }, spans),
      ),
      h(
        'div.series-grid',
        charts.map((chart) => chart.element),
      ),
    ),
    refresh,
    finish() {
      if (stop) stop.abort();
      charts.forEach((chart) => chart.finish());
    },
  };
}

export const view = {
  path: '/',
  title: 'Overview',
  key: '1',
  mount(root, app) {
    const figures = createFigures();
    const alarms = createAlarms();
    const series = createSeries(app);
    const problem = h('div.panel', { hidden: true });
    root.append(h('h1.sr', 'Overview'), figures.element, problem, alarms.element, series.element);
    const overview = createRefresh({
      key: () => String(app.clock.at_ms),
      ask: (signal) => app.api.get('/v1/overview', {}, { signal }),
      draw(answer) {
        figures.set(answer.figures);
        alarms.set(answer);
        problem.hidden = true;
        app.ready(answer.seq);
      },
      fail(error) {
        fill(problem, problemPanel(error));
        problem.hidden = false;
        app.failed();
      },
    });
    return {
      update() {
        overview.update();
        series.refresh();
      },
      unmount() {
        overview.finish();
        series.finish();
      },
    };
  },
};
