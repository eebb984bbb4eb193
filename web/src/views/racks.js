// Racks: all of them in a list, and one as it stands, unit by unit. Which one stands in the URL, by
// name (?rack=dgx-06) or number (/racks/5); so do the state that is looked for and the order.
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import { bar } from '../components/bar.js';
import { cliLine } from '../components/cli.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { filterField } from '../components/filter.js';
import { dataTable } from '../components/table.js';
import { createRefresh } from '../refresh.js';

const STATES = [
  'ordered',
  'built',
  'shipped',
  'at-dock',
  'carried',
  'placed',
  'cabled',
  'powered',
  'tested',
  'in-service',
  'failed',
  'retired',
];
const LEVELS = {
  'at-dock': 'active',
  carried: 'active',
  placed: 'active',
  cabled: 'active',
  powered: 'active',
  tested: 'active',
  'in-service': 'good',
  failed: 'critical',
};
const WORDS = { powered: 'burn-in', tested: 'burn-in passed' };
const UNIT_PX = 13;

const wordOf = (state) => WORDS[state] || state.replace(/-/g, ' ');
const stateCell = (state) =>
  h('span.state', { data: { level: LEVELS[state] || 'none' } }, wordOf(state));

function columnsOf(app) {
  return [
    { key: 'name', title: 'Rack', width: '24%', value: (rack) => rack.name },
    {
      key: 'state',
      title: 'State',
      width: '26%',
      value: (rack) => STATES.indexOf(rack.state),
      cell: (rack) => stateCell(rack.state),
    },
    {
      key: 'since',
      title: 'For',
      width: '20%',
      value: (rack) => rack.since_ms,
      cell: (rack) => format.duration(app.clock.shown_ms - rack.since_ms),
    },
    {
      key: 'w',
      title: 'kW',
      numeric: true,
      value: (rack) => rack.w,
      cell: (rack) => format.kilowatts(rack.w),
    },
    { key: 'failures', title: 'Failed', numeric: true, value: (rack) => rack.failures },
  ];
}

// How many racks are in each state; a press looks for those alone.
function createStates(app) {
  const element = h('div.chips', { role: 'group', 'aria-label': 'Racks by state' });
  const chips = new Map();
  return {
    element,
    set(racks, wanted) {
      const counts = new Map(STATES.map((state) => [state, 0]));
      for (const rack of racks) counts.set(rack.state, (counts.get(rack.state) || 0) + 1);
      for (const [state, count] of counts) {
        if (count === 0 && state !== wanted && !chips.has(state)) continue;
        if (!chips.has(state)) {
          const number = h('b');
          const button = h(
            'button.chip',
            {
              type: 'button',
              'data-state': state,
              onclick: () => app.url.set({ state: app.url.get('state') === state ? null : state }),
            },
            stateCell(state),
            number,
          );
          chips.set(state, { button, number });
          const after = STATES.slice(STATES.indexOf(state) + 1)
            .map((each) => chips.get(each))
            .find(Boolean);
          element.insertBefore(button, after ? after.button : null);
        }
        say(chips.get(state).number, format.count(count));
        chips.get(state).button.setAttribute('aria-pressed', String(state === wanted));
      }
    },
  };
}

/* --- a rack --- */

const USE = {
  off: 'off',
  'burn-in': 'burn-in',
  free: 'free',
  'part-sold': 'part sold',
  sold: 'sold',
  closed: 'closed to new jobs',
  failed: 'failed',
};

// One pip an accelerator, filled as far as it is sold; for a server without any, its cores.
function useOf(server) {
  if (server.accelerators === 0)
    return h(
      'span.muted',
      server.cores_sold > 0
        ? `${server.cores_sold} of ${server.cores} cores`
        : `${server.cores} cores`,
    );
  let left = server.sold_milli;
  const pips = Array.from({ length: server.accelerators }, () => {
    const part = Math.max(0, Math.min(1000, left));
    left -= part;
    return h('i.pip', { style: { '--part': part / 1000 } });
  });
  return h(
    'span.pips',
    {
      role: 'img',
      'aria-label': `${format.milli(server.sold_milli)} of ${server.accelerators} accelerators sold`,
    },
    pips,
  );
}

function jobsOf(server) {
  const shown = server.jobs.slice(0, server.units > 2 ? 6 : 2);
  const links = shown.map((job) =>
    h(
      'a',
      {
        href: `/capacity?job=${job.job}`,
        title: `${job.tenant || 'no tenant'}, until ${format.minute(job.until_ms)}`,
      },
      `#${job.job}`,
      h('span.muted', ` ${job.tenant || ''}`),
    ),
  );
  const more = server.jobs.length - shown.length;
  return h(
    'span.jobs',
    links,
    more > 0 ? h('span.muted', `and ${more} more`) : '',
    server.jobs.length === 0 && server.later > 0 ? h('span.muted', `${server.later} later`) : '',
  );
}

function serverRow(server) {
  const load = bar();
  load.set({ value: server.w, limit: server.peak_w });
  const last = server.unit + server.units - 1;
  return h(
    'tr',
    {
      'data-row': `server/${server.id}`,
      data: { use: server.state },
      style: { height: `${server.units * UNIT_PX}px` },
    },
    h(
      'th.unit',
      { scope: 'row' },
      server.units > 1 ? `${last}–${server.unit}` : String(server.unit),
    ),
    h('td.server', server.model, h('span.sr', ` ${server.name}`)),
    h('td.use', h('span.use-word', USE[server.state] || server.state)),
    h('td.wide', useOf(server)),
    h('td.num', { 'data-value': server.w }, `${format.count(server.w)} W`),
    h('td.load.wide', load.element),
    h('td', jobsOf(server)),
  );
}

function freeRow(from, units) {
  return h(
    'tr.none',
    { style: { height: `${units * UNIT_PX}px` } },
    h('th.unit', { scope: 'row' }, units > 1 ? `${from + units - 1}–${from}` : String(from)),
    h('td', { colspan: 6 }, `${units} ${units > 1 ? 'units' : 'unit'} without a server`),
  );
}

// From the top down, as one stands before it.
function frameRows(rack) {
  const rows = [];
  let unit = 1;
  for (const server of rack.servers) {
    if (server.unit > unit) rows.push(freeRow(unit, server.unit - unit));
    rows.push(serverRow(server));
    unit = server.unit + server.units;
  }
  if (unit <= rack.height_units) rows.push(freeRow(unit, rack.height_units - unit + 1));
  return rows.reverse();
}

function fact(name, value) {
  return h('div', h('dt', name), h('dd', value));
}

function createRack(app) {
  const title = h('h2', { id: 'rack' });
  const state = h('span');
  const facts = h('dl.facts');
  const meter = bar();
  const watts = h('span.num');
  const body = h('tbody');
  const cli = cliLine('plenum rack show NAME');
  const frame = h(
    'table.elevation',
    { 'aria-labelledby': 'rack' },
    h(
      'thead',
      h(
        'tr',
        ['Unit', 'Server', 'State'].map((each) => h('th', { scope: 'col' }, each)),
        h('th.wide', { scope: 'col' }, 'Sold'),
        h('th.num', { scope: 'col' }, 'Load'),
        h('th.wide', { scope: 'col' }, h('span.sr', 'of its peak')),
        h('th', { scope: 'col' }, 'Jobs'),
      ),
    ),
    body,
  );
  const none = h('div.panel');
  const panel = h(
    'section.panel.rack',
    { 'aria-labelledby': 'rack' },
    h('header', title, state, h('span.end', cli.element)),
    facts,
    h('div.meter.in', h('span', 'Load of its peak'), watts, meter.element),
    h('div.frame', frame),
  );
  let had = null;
  return {
    element: h('div', panel, none),
    show(rack, wanted) {
      panel.hidden = !rack;
      none.hidden = Boolean(rack);
      if (!rack) {
        fill(
          none,
          wanted
            ? emptyPanel(`There is no rack ${wanted}`, 'The site file orders none of that name.')
            : emptyPanel('No rack is chosen', 'Choose one in the list.'),
        );
        return;
      }
      const now_ms = app.clock.shown_ms;
      say(title, rack.name);
      fill(
        state,
        stateCell(rack.state),
        h('span.muted', `  ${format.relative(rack.since_ms, now_ms)}`),
      );
      cli.set(`plenum rack show ${rack.name}`);
      fill(
        facts,
        fact('Model', rack.model),
        fact('Position', rack.position),
        fact(
          'Fed by',
          rack.nodes.map((name, i) => [
            i > 0 ? ', ' : '',
            h('a', { href: `/power?node=${encodeURIComponent(name)}` }, name),
          ]),
        ),
        fact('Cooled by', rack.cooling_zone || 'no zone'),
        fact('Burn-ins', String(rack.burn_ins)),
        fact('Failures', String(rack.failures)),
        fact(
          'Idle, peak, shelf',
          `${format.kilowatts(rack.idle_w)}, ${format.kilowatts(rack.peak_w)}, ${format.kilowatts(rack.shelf_w)} kW`,
        ),
        fact(
          rack.arrive_ms > now_ms ? 'Arrives' : 'Arrival planned',
          format.minute(rack.arrive_ms),
        ),
      );
      say(watts, `${format.kilowatts(rack.w)} of ${format.kilowatts(rack.peak_w)} kW`);
      watts.dataset.value = rack.w;
      meter.set({ value: rack.w, limit: rack.peak_w });
      if (had === rack.servers) return;
      had = rack.servers;
      const focused =
        document.activeElement && body.contains(document.activeElement)
          ? document.activeElement.getAttribute('href')
          : null;
      fill(body, frameRows(rack));
      const again = focused && body.querySelector(`a[href="${CSS.escape(focused)}"]`);
      if (again) again.focus({ preventScroll: true });
    },
  };
}

function chosenOf(racks, url) {
  const name = url.get('rack');
  if (name !== null) return racks.find((rack) => rack.name === name) || null;
  if (url.rest !== '')
    return racks.find((rack) => String(rack.id) === url.rest || rack.name === url.rest) || null;
  return undefined;
}

export const view = {
  path: '/racks',
  title: 'Racks',
  key: '4',
  mount(root, app) {
    const states = createStates(app);
    const rack_part = createRack(app);
    const filter = filterField(app, { label: 'Filter racks' });
    const table = dataTable({
      caption: 'Racks',
      columns: columnsOf(app),
      sort: app.url.get('sort'),
      id: (rack) => `rack/${rack.id}`,
      onsort: (sort) => app.url.set({ sort }),
      onopen: (rack) =>
        app.url.go('/racks', {
          rack: rack.name,
          state: app.url.get('state'),
          sort: app.url.get('sort'),
          q: app.url.get('q'),
        }),
      empty: () =>
        emptyPanel(
          'No racks',
          filter.value || app.url.get('state')
            ? 'None is as you look for it.'
            : 'The site file orders none.',
        ),
    });
    const count = h('span.muted');
    const problem = h('div.panel', { hidden: true });
    const split = h(
      'div.split.racks',
      h(
        'section.panel.fills',
        { 'aria-labelledby': 'racks' },
        h('header', h('h2', { id: 'racks' }, 'Racks'), count, h('span.end', filter.element)),
        states.element,
        table.element,
      ),
      rack_part.element,
    );
    root.append(h('h1.sr', 'Racks'), problem, split);

    function shown(racks) {
      const wanted = filter.value.toLowerCase();
      const state = app.url.get('state');
      return racks.filter(
        (rack) =>
          (!state || rack.state === state) &&
          (!wanted || `${rack.name} ${rack.model} ${rack.position}`.toLowerCase().includes(wanted)),
      );
    }
    const refresh = createRefresh({
      key: () => `${app.clock.at_ms} ${app.url.get('rack')} ${app.url.rest}`,
      async ask(signal) {
        const { items: racks } = await app.api.all('/v1/racks', {}, { signal });
        const chosen = chosenOf(racks, app.url);
        const rack = chosen === undefined ? shown(racks)[0] : chosen;
        return {
          racks,
          chosen,
          rack: rack ? await app.api.get(`/v1/racks/${rack.id}/elevation`, {}, { signal }) : null,
        };
      },
      draw({ racks, chosen, rack }) {
        const list = shown(racks);
        states.set(racks, app.url.get('state'));
        say(
          count,
          list.length === racks.length
            ? format.count(racks.length)
            : `${format.count(list.length)} of ${format.count(racks.length)}`,
        );
        table.set(list, rack ? `rack/${rack.rack}` : null);
        rack_part.show(rack, app.url.get('rack') || app.url.rest);
        split.dataset.chosen = String(chosen !== undefined);
        problem.hidden = true;
        app.ready();
      },
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
        table.finish();
      },
    };
  },
};
