// Power: the tree of nodes with what each carries and may carry, with all feeds up and with any one
// of them lost; the cooling zones; and load shed by a lower limit. The node that is looked at stands
// in the URL (?node=NAME).
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import { actButton } from '../components/act.js';
import { bar } from '../components/bar.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { figure } from '../components/figure.js';
import { filterField } from '../components/filter.js';
import { dataTable } from '../components/table.js';
import { createRefresh } from '../refresh.js';

const MINUTE_MS = 60_000;
const LENGTHS = [
  [15 * MINUTE_MS, '15 minutes'],
  [60 * MINUTE_MS, '1 hour'],
  [240 * MINUTE_MS, '4 hours'],
  [1440 * MINUTE_MS, '1 day'],
  [0, 'until it is lifted'],
];

// With the feed lost that leaves it least: {feed, w, limit_w}; null on a site of one feed.
function worstOf(node) {
  return node.with_lost.reduce(
    (worst, each) => (!worst || each.limit_w - each.w < worst.limit_w - worst.w ? each : worst),
    null,
  );
}

// Least that is left, as a part of the limit, in any case.
function tightness(node) {
  return Math.min(
    ...[node, ...node.with_lost].map((each) =>
      each.limit_w > 0 ? (each.limit_w - each.w) / each.limit_w : 0,
    ),
  );
}

// Nodes in the order of the tree, each with its depth.
function inTreeOrder(items) {
  const under = new Map();
  for (const node of items) under.set(node.under, [...(under.get(node.under) || []), node]);
  const ordered = [];
  const walk = (parent, depth) =>
    (under.get(parent) || []).forEach((node) => {
      ordered.push({ ...node, depth, worst: worstOf(node) });
      walk(node.id, depth + 1);
    });
  walk(null, 0);
  return ordered;
}

function barOf(w, limit_w, peak_w) {
  const part = bar();
  part.set({ value: w, limit: limit_w, peak: peak_w, warns: true });
  return part.element;
}

function left(w, limit_w) {
  const value = limit_w - w;
  return value < 0
    ? h('span.state', { data: { level: 'critical' } }, format.kilowatts(value))
    : format.kilowatts(value);
}

const COLUMNS = [
  {
    key: 'name',
    title: 'Node',
    width: '24%',
    value: (node) => node.name,
    cell: (node) => h('span.tree-name', { style: { '--depth': node.depth } }, node.name),
  },
  {
    key: 'load',
    title: 'Load of limit',
    width: '15%',
    wide: true,
    value: (node) => node.w / node.limit_w,
    cell: (node) => barOf(node.w, node.limit_w, node.peak_w),
  },
  {
    key: 'w',
    title: 'Load kW',
    numeric: true,
    value: (node) => node.w,
    cell: (node) => format.kilowatts(node.w),
  },
  {
    key: 'limit',
    title: 'Limit',
    numeric: true,
    wide: true,
    value: (node) => node.limit_w,
    cell: (node) => format.kilowatts(node.limit_w),
  },
  {
    key: 'left',
    title: 'Left',
    numeric: true,
    wide: true,
    value: (node) => node.limit_w - node.w,
    cell: (node) => left(node.w, node.limit_w),
  },
  {
    key: 'lost',
    title: 'With a feed lost',
    width: '13%',
    wide: true,
    value: (node) => (node.worst ? node.worst.w / node.worst.limit_w : null),
    cell: (node) => (node.worst ? barOf(node.worst.w, node.worst.limit_w) : null),
  },
  {
    key: 'lost_w',
    title: 'Load kW',
    numeric: true,
    wide: true,
    value: (node) => (node.worst ? node.worst.w : null),
    cell: (node) => (node.worst ? format.kilowatts(node.worst.w) : null),
  },
  {
    key: 'lost_left',
    title: 'Left, feed lost',
    numeric: true,
    value: (node) => (node.worst ? node.worst.limit_w - node.worst.w : null),
    cell: (node) => (node.worst ? left(node.worst.w, node.worst.limit_w) : null),
  },
];

function createZones() {
  const list = h('ul.meters');
  return {
    element: h(
      'section.panel',
      { 'aria-labelledby': 'zones' },
      h('header', h('h2', { id: 'zones' }, 'Cooling zones'), h('span.muted.end', 'heat of limit')),
      list,
    ),
    set(zones, chosen) {
      fill(
        list,
        zones.length === 0
          ? h('li', emptyPanel('No cooling zones', 'The site file describes none.'))
          : zones.map((zone) =>
              h(
                'li.meter',
                {
                  'data-row': `zone/${zone.id}`,
                  'aria-current': zone.name === chosen ? 'true' : null,
                },
                h('span', zone.name),
                h(
                  'span.num',
                  { 'data-value': zone.w },
                  `${format.kilowatts(zone.w)} of ${format.kilowatts(zone.limit_w)} kW`,
                ),
                barOf(zone.w, zone.limit_w),
              ),
            ),
      );
    },
  };
}

function caseItem(title, each) {
  return h(
    'li.meter',
    h('span', title),
    h(
      'span.num',
      { 'data-value': each.w },
      `${format.kilowatts(each.w)} of ${format.kilowatts(each.limit_w)} kW`,
    ),
    barOf(each.w, each.limit_w, each.peak_w),
  );
}

// What shedding would take, as the ledger foresees it.
function foresee(trial) {
  if (!trial.sheds) return null;
  if (trial.sheds.length === 0) return 'Nothing that runs would be shed.';
  const w = trial.sheds.reduce((sum, each) => sum + each.w, 0);
  const named = trial.sheds
    .slice(0, 6)
    .map((each) => `${each.kind} ${each.name || each.id} (${format.watts(each.w)})`);
  const more = trial.sheds.length - named.length;
  return `Shed would be ${format.watts(w)}: ${named.join(', ')}${more > 0 ? ` and ${format.count(more)} more` : ''}.`;
}

// The node that is looked at: each case, and a lower limit for it.
function createDetail(app) {
  const title = h('h2', { id: 'node' });
  const cases = h('ul.meters');
  const limit = h('input', {
    type: 'number',
    id: 'shed-limit',
    name: 'limit_kw',
    min: 0,
    step: 'any',
    inputmode: 'decimal',
  });
  const length = h(
    'select',
    { id: 'shed-length', name: 'length' },
    LENGTHS.map(([ms, name]) => h('option', { value: ms }, name)),
  );
  // With another feed lost, in the proportion of today's limits until it is said otherwise.
  const lost = h('input', {
    type: 'number',
    id: 'shed-lost',
    name: 'failover_kw',
    min: 0,
    step: 'any',
    inputmode: 'decimal',
  });
  const lost_field = h('p.field', h('label', { for: 'shed-lost' }, 'With a feed lost, kW'), lost);
  let lost_said = false;
  let node = null;

  const lostW = () => Math.round(Number(lost.value) * 1000);
  function proposeLost() {
    if (lost_said || node.with_lost.length === 0) return;
    const lost_w = Math.min(...node.with_lost.map((each) => each.limit_w));
    lost.value = Math.floor((Number(limit.value) * lost_w) / node.limit_w);
  }
  const limitW = () => Math.round(Number(limit.value) * 1000);
  const untilMs = () =>
    Number(length.value) > 0 && app.clock.state
      ? app.clock.state.now_ms + Number(length.value)
      : null;
  const isLower = () =>
    limitW() < node.limit_w || node.with_lost.some((each) => lostW() < each.limit_w);
  const cliText = () => {
    const words = ['plenum power limit', node.name, `${limitW() / 1000}kW`];
    if (node.with_lost.length > 0) words.push(`--failover ${lostW() / 1000}kW`);
    const until = untilMs();
    if (until !== null) words.push(`--until ${new Date(until).toISOString().slice(0, 19)}Z`);
    return words.join(' ');
  };
  // What the dialog says will happen.
  function whatText(until) {
    const said = [`It carries ${format.watts(node.w)} now.`];
    if (node.with_lost.length > 0)
      said.push(`With a feed lost it may carry ${format.watts(lostW())}.`);
    if (isLower())
      said.push(
        'What is over the new limit is shed a minute from now at the latest, mildest first:' +
          ' charging, preemptible jobs, other jobs, racks.',
      );
    said.push(
      until === null
        ? 'It holds until it is lifted.'
        : `It holds until ${format.minute(until)} UTC.`,
    );
    return said.join(' ');
  }
  const act = actButton(app, {
    name: 'shed-load',
    label: 'Lower the limit…',
    danger: true,
    cli: 'plenum power limit NODE WATTS',
    of: () => {
      const until = untilMs();
      return {
        title: `${isLower() ? 'Lower' : 'Raise'} the limit of ${node.name} to ${format.watts(limitW())}`,
        confirm: isLower() ? 'Slide to lower the limit' : 'Slide to raise the limit',
        done: `Limit of ${node.name} ${format.watts(limitW())}`,
        what: whatText(until),
        cli: cliText(),
        path: '/v1/power/limits',
        body: () => ({
          node: node.name,
          limit_w: limitW(),
          ...(node.with_lost.length > 0 ? { failover_limit_w: lostW() } : {}),
          ...(until === null ? {} : { until_ms: until }),
        }),
        foresee,
      };
    },
  });
  function show() {
    if (!node) return;
    const watts = limitW();
    act.set({
      disabled: limit.value === '' || !(watts >= 0) ? 'Say how many kilowatts.' : null,
      label: isLower() ? 'Lower the limit…' : 'Set the limit…',
      cli: cliText(),
    });
  }
  limit.addEventListener('input', () => {
    proposeLost();
    show();
  });
  lost.addEventListener('input', () => {
    lost_said = true;
    show();
  });
  length.addEventListener('change', show);

  const element = h(
    'section.panel',
    { 'aria-labelledby': 'node' },
    h(
      'header',
      title,
      h(
        'button.small.quiet.end',
        {
          type: 'button',
          'aria-label': 'Close',
          onclick: () => app.url.set({ node: null }, { push: true }),
        },
        '✕',
      ),
    ),
    cases,
    h(
      'div.in.shed',
      h('h3', 'Shed load'),
      h(
        'p.muted',
        'A lower limit is a command like any other: it stands in the journal with your name.',
      ),
      h(
        'div.shed-fields',
        h('p.field', h('label', { for: 'shed-limit' }, 'New limit, kW'), limit),
        lost_field,
        h('p.field', h('label', { for: 'shed-length' }, 'For'), length),
      ),
      act.element,
    ),
  );
  return {
    element,
    set(next) {
      const other = !node || node.name !== next.name;
      node = next;
      if (other) {
        lost_said = false;
        limit.value = Math.floor(node.limit_w / 1000);
        proposeLost();
        lost_field.hidden = node.with_lost.length === 0;
      }
      say(title, `${node.name}, on ${node.feed}`);
      fill(
        cases,
        caseItem('All feeds up', node),
        node.with_lost.map((each) => caseItem(`${each.feed} lost`, each)),
      );
      show();
    },
    finish: act.finish,
  };
}

function createFigures() {
  const load = figure({ label: 'Load', name: 'power.w', bar: true });
  const all = figure({ label: 'Left with all feeds', name: 'power.headroom_w' });
  const lost = figure({
    label: 'Left with the worst feed lost',
    name: 'power.headroom_feed_lost_w',
  });
  const tight = figure({ label: 'Nearest its limit', name: 'power.tightest' });
  return {
    element: h(
      'section.figures.four',
      { 'aria-label': 'Figures' },
      [load, all, lost, tight].map((each) => each.element),
    ),
    set(power, nodes) {
      const usable_w = power.w + Math.max(0, power.headroom_feed_lost_w);
      load.set({
        raw: power.w,
        text: format.watts(power.w),
        bar: { value: power.w, limit: usable_w, warns: true },
        note: `of ${format.watts(usable_w)} that a lost feed leaves`,
      });
      all.set({
        raw: power.headroom_w,
        text: format.watts(power.headroom_w),
        note: `of ${format.watts(power.limit_w)}`,
      });
      lost.set({
        raw: power.headroom_feed_lost_w,
        text: format.watts(power.headroom_feed_lost_w),
        note:
          power.headroom_feed_lost_w < 0
            ? 'a lost feed would overload the others'
            : 'any one feed may fail',
        level: power.headroom_feed_lost_w < 0 ? 'critical' : 'normal',
      });
      const node = nodes.reduce(
        (least, each) => (!least || tightness(each) < tightness(least) ? each : least),
        null,
      );
      if (node)
        tight.set({
          raw: Math.round(tightness(node) * 1000),
          text: format.percent(1 - tightness(node), 1),
          note: node.name,
          level: tightness(node) < 0 ? 'critical' : 'normal',
        });
    },
  };
}

export const view = {
  path: '/power',
  title: 'Power',
  key: '5',
  mount(root, app) {
    const figures = createFigures();
    const zones = createZones();
    const detail = createDetail(app);
    const filter = filterField(app, { label: 'Filter nodes' });
    const table = dataTable({
      caption: 'Power nodes',
      columns: COLUMNS,
      sort: app.url.get('sort'),
      id: (node) => `node/${node.name}`,
      onsort: (sort) => app.url.set({ sort }),
      onopen: (node) => app.url.set({ node: node.name }, { push: true }),
      empty: () =>
        emptyPanel(
          'No nodes',
          filter.value
            ? `None has "${filter.value}" in its name.`
            : 'The site file describes no power nodes.',
        ),
    });
    const tree = h(
      'button.small.quiet',
      {
        type: 'button',
        onclick: () => {
          table.sortBy(null);
        },
      },
      'as a tree',
    );
    const problem = h('div.panel', { hidden: true });
    const split = h(
      'div.split',
      h(
        'section.panel.fills',
        { 'aria-labelledby': 'tree' },
        h('header', h('h2', { id: 'tree' }, 'Nodes'), tree, h('span.end', filter.element)),
        table.element,
      ),
      h('div.side', detail.element, zones.element),
    );
    root.append(h('h1.sr', 'Power'), figures.element, problem, split);

    function draw({ power, overview }) {
      const nodes = inTreeOrder(power.items);
      const wanted = filter.value.toLowerCase();
      const chosen = app.url.get('node');
      const node = nodes.find((each) => each.name === chosen);
      figures.set(overview.figures.power, nodes);
      table.set(
        wanted ? nodes.filter((each) => each.name.toLowerCase().includes(wanted)) : nodes,
        node ? `node/${node.name}` : null,
      );
      zones.set(power.pages[0].cooling_zones, chosen);
      detail.element.hidden = !node;
      if (node) detail.set(node);
      split.dataset.chosen = String(Boolean(node));
      problem.hidden = true;
      app.ready(overview.seq);
    }
    const refresh = createRefresh({
      key: () => String(app.clock.at_ms),
      async ask(signal) {
        const [power, overview] = await Promise.all([
          app.api.all('/v1/power', {}, { signal }),
          app.api.get('/v1/overview', {}, { signal }),
        ]);
        return { power, overview };
      },
      draw,
      fail(error) {
        fill(problem, problemPanel(error));
        problem.hidden = false;
        app.failed();
      },
    });
    return {
      update: refresh.update,
      unmount() {
        refresh.finish();
        detail.finish();
        table.finish();
      },
    };
  },
};
