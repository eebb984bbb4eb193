// Events: the journal, newest first, as it grows. Refused commands stand in it with their reason.
// Which row is looked at (?seq=), what is looked for (q, kind, only) and whether the clock's ticks
// and the robots' steps are shown too (all=1) stand in the URL.
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import { cliLine } from '../components/cli.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { filterField } from '../components/filter.js';
import { dataTable } from '../components/table.js';
import { createJournal, isNoise } from '../journal.js';
import { createRefresh } from '../refresh.js';

const KINDS = [
  'rack',
  'power',
  'job',
  'task',
  'robot',
  'delivery',
  'flight',
  'drone',
  'drones',
  'floor',
  'air',
  'other',
];
const BACK_PAGES = 12; // looked through for older rows before one is asked whether to go on
const WANTED_ROWS = 60; // that a first look tries to find

/* --- what a row says, in a line --- */

function sayOp(op, names) {
  const name = (ref) => names.get(ref) || ref;
  switch (op.op) {
    case 'create':
      return `new ${name(op.of)}`;
    case 'end':
      return `${name(op.of)} ends`;
    case 'set':
      return op.field === 'state' ? `${name(op.of)} → ${op.value}` : null;
    case 'power-claim':
      return `${name(op.owner)} claims ${format.watts(op.watts)}`;
    case 'capacity-claim':
      return `${name(op.owner)} on server ${op.server}`;
    case 'air-claim':
      return `${name(op.owner)} claims ${op.volumes} volumes`;
    case 'release':
      return `${name(op.owner)} gives back`;
    case 'limit':
      return `${names.get(`node/${op.node}`) || `node ${op.node}`} may carry ${format.watts(op.limit_w)}`;
    case 'floor-place':
      return `robot ${op.robot} to cell ${op.cell}`;
    case 'floor-step':
      return `${format.count(op.moving)} of ${format.count(op.robots)} robots move`;
    case 'floor-close':
      return `cell ${op.cell} closed`;
    case 'floor-open':
      return `cell ${op.cell} open`;
    case 'window':
      return `server ${op.server} offered`;
    case 'tick':
      return `to ${op.to.slice(11).replace('Z', '')}`;
    default:
      return op.op;
  }
}

function sayRow(row, names) {
  let said = row.ops.map((op) => sayOp(op, names)).filter(Boolean);
  if (said.length === 0)
    said = row.ops.map((op) => `${names.get(op.of) || op.of} ${op.field} = ${op.value}`);
  const count = row.ops_count || row.ops.length;
  const shown = said.slice(0, 3);
  const more = Math.max(0, said.length + (count - row.ops.length) - shown.length);
  return `${shown.join(', ')}${more > 0 ? ` and ${format.count(more)} more` : ''}`;
}

function outcomeOf(row) {
  return h(
    'span.state',
    { data: { level: row.taken ? 'good' : 'critical' } },
    row.taken ? 'taken' : `refused: ${row.reason}`,
  );
}

/* --- one row --- */

function createDetail(app) {
  const title = h('h2', { id: 'row' });
  const facts = h('dl.facts');
  const refusal = h('p.verdict', { data: { level: 'critical' } });
  const ops = h('ol.ops');
  const cli = cliLine('plenum events');
  const panel = h(
    'section.panel',
    { 'aria-labelledby': 'row' },
    h(
      'header',
      title,
      h(
        'button.small.quiet.end',
        {
          type: 'button',
          'aria-label': 'Close',
          onclick: () => app.url.set({ seq: null }, { push: true }),
        },
        '✕',
      ),
    ),
    facts,
    refusal,
    ops,
    h('p.in', cli.element),
  );
  const none = h(
    'section.panel',
    emptyPanel('No row is chosen', 'Enter or a click on a row shows all of it.'),
  );
  const fact = (name, value) => h('div', h('dt', name), h('dd', value));
  return {
    element: h('div.side', panel, none),
    set(row, seq) {
      panel.hidden = !row;
      none.hidden = Boolean(row);
      if (!row) {
        fill(
          none,
          seq === null
            ? emptyPanel('No row is chosen', 'Enter or a click on a row shows all of it.')
            : emptyPanel(`Row ${seq} is not here`, 'The journal has no such row.'),
        );
        return;
      }
      say(title, `#${format.count(row.seq)}`);
      fill(
        facts,
        fact('Site time', `${format.instant(row.now_ms)} UTC`),
        fact('Kind', row.kind),
        fact('Who', row.actor),
        fact('Outcome', outcomeOf(row)),
      );
      refusal.hidden = row.taken;
      say(refusal, row.refusal || '');
      fill(
        ops,
        row.ops.map((op) => {
          const { op: name, ...rest } = op;
          return h(
            'li',
            h('b', name),
            Object.entries(rest).map(([key, value]) =>
              h(
                'span.op-part',
                h('span.muted', `${key} `),
                typeof value === 'object' ? JSON.stringify(value) : String(value),
              ),
            ),
          );
        }),
        row.ops_count
          ? h('li.muted', `and ${format.count(row.ops_count - row.ops.length)} more`)
          : null,
      );
      cli.set(`plenum events --since ${row.seq - 1} --limit 1`);
    },
  };
}

/* --- the view --- */

function columnsOf(app, names) {
  return [
    {
      key: 'seq',
      title: 'Row',
      numeric: true,
      wide: true,
      width: '84px',
      value: (row) => row.seq,
      cell: (row) => format.count(row.seq),
    },
    {
      key: 'time',
      title: 'Site time',
      width: '126px',
      value: (row) => row.now_ms,
      cell: (row) => [
        h('span.wide', `${format.date(row.now_ms).slice(5)} `),
        format.clock(row.now_ms),
      ],
    },
    { key: 'kind', title: 'Kind', width: '120px', value: (row) => row.kind },
    { key: 'actor', title: 'Who', width: '110px', wide: true, value: (row) => row.actor },
    {
      key: 'outcome',
      title: 'Outcome',
      width: '150px',
      value: (row) => (row.taken ? '' : row.reason),
      cell: outcomeOf,
    },
    { key: 'what', title: 'What', wide: true, value: (row) => row.refusal || sayRow(row, names) },
  ];
}

function choice(app, name, label, options) {
  const select = h(
    'select',
    { 'aria-label': label, onchange: () => app.url.set({ [name]: select.value || null }) },
    options.map(([value, text]) => h('option', { value }, text)),
  );
  select.value = app.url.get(name) || '';
  return select;
}

export const view = {
  path: '/events',
  title: 'Events',
  key: '7',
  mount(root, app) {
    const names = new Map();
    const { url } = app;
    const all = () => url.get('all') === '1';
    const journal = createJournal(app.api, (row) => all() || !isNoise(row));
    const filter = filterField(app, { label: 'Filter events' });
    const kind = choice(app, 'kind', 'Kind of event', [
      ['', 'all kinds'],
      ...KINDS.map((each) => [each, each]),
    ]);
    const only = choice(app, 'only', 'Outcome', [
      ['', 'taken and refused'],
      ['refused', 'refused'],
    ]);
    const noise = h(
      'button.small',
      {
        type: 'button',
        title: 'Ticks of the clock and steps of the robots',
        onclick: () => url.set({ all: all() ? null : '1' }),
      },
      'ticks and steps',
    );
    const follow = h(
      'button.small',
      {
        type: 'button',
        'data-act': 'follow',
        onclick: () => {
          following = !following;
          refresh.update();
        },
      },
      'Follow',
    );
    const note = h('span.muted.events-note', { role: 'status' });
    const older = h(
      'button.small',
      { type: 'button', hidden: true, onclick: () => lookBack() },
      'Look further back',
    );
    const problem = h('div.panel', { hidden: true });
    const detail = createDetail(app);
    const table = dataTable({
      caption: 'Events',
      columns: columnsOf(app, names),
      id: (row) => `event/${row.seq}`,
      onend: () => lookBack(),
      onopen: (row) => {
        following = false;
        url.set({ seq: row.seq }, { push: true });
      },
      empty: () =>
        emptyPanel(
          'No such events',
          journal.low > 1
            ? `None from row ${format.count(journal.low)} on; there are older ones.`
            : 'The journal has none.',
        ),
    });
    const list = h(
      'section.panel.fills',
      { 'aria-labelledby': 'events' },
      h(
        'header',
        h('h2', { id: 'events' }, 'Journal'),
        follow,
        noise,
        h('span.end.events-filters', kind, only, filter.element),
      ),
      table.element,
      h('footer.events-foot', note, older),
    );
    const split = h('div.split.events', list, detail.element);
    root.append(h('h1.sr', 'Events'), problem, split);

    let following = url.get('seq') === null;
    let begun = null; // what the stretch was begun for
    let chosen = null;
    let looking = null;
    let ended = false;

    function wanted(row) {
      if (url.get('only') === 'refused' && row.taken) return false;
      const group = url.get('kind');
      if (group && row.kind.split('.')[0] !== group) return false;
      const text = (url.get('q') || '').toLowerCase();
      return (
        !text ||
        `${row.seq} ${row.kind} ${row.actor} ${row.refusal || ''} ${sayRow(row, names)}`
          .toLowerCase()
          .includes(text)
      );
    }
    const shown = () => journal.rows.filter(wanted).reverse();

    function draw() {
      const seq = url.get('seq');
      const rows = shown();
      const had_first = table.rows.length > 0 ? table.rows[0].seq : null;
      const added = had_first === null ? 0 : rows.findIndex((row) => row.seq === had_first);
      const { scrollTop } = table.element;
      table.set(rows, seq === null ? null : `event/${seq}`);
      if (scrollTop > 0 && added > 0) table.element.scrollTop = scrollTop + added * table.row_px;
      follow.setAttribute('aria-pressed', String(following && !app.clock.past));
      follow.disabled = app.clock.past;
      noise.setAttribute('aria-pressed', String(all()));
      kind.value = url.get('kind') || '';
      only.value = url.get('only') || '';
      const since = journal.low <= 1 ? 'all of it' : `from row ${format.count(journal.low)} on`;
      say(
        note,
        journal.high === 0
          ? ''
          : `${format.count(rows.length)} shown, ${since}${journal.jumped > 0 ? `; ${format.count(journal.jumped)} rows came too fast to be shown` : ''}`,
      );
      older.hidden = journal.low <= 1 || looking !== null;
      split.dataset.chosen = String(seq !== null);
      detail.set(seq === null ? null : chosen, seq);
    }

    // Older rows, until some are found that are wanted, or enough was looked through.
    async function lookBack() {
      if (looking || journal.low <= 1 || ended) return;
      const stop = (looking = new AbortController());
      const before = journal.rows.filter(wanted).length;
      try {
        for (let i = 0; i < BACK_PAGES && journal.low > 1 && !stop.signal.aborted; i++) {
          say(note, `looking back from row ${format.count(journal.low)}…`);
          await journal.back(stop.signal);
          const found = journal.rows.filter(wanted).length - before;
          if (found > 0 && !ended && looking === stop) draw();
          if (found >= WANTED_ROWS) break;
        }
      } catch (error) {
        if (error.name !== 'AbortError') app.toast(error.message, { level: 'critical' });
      }
      if (looking !== stop || ended) return;
      looking = null;
      draw();
    }

    async function learnNames(signal) {
      if (names.size > 0) return;
      const [racks, power] = await Promise.all([
        app.api.all('/v1/racks', {}, { signal, live: true }),
        app.api.all('/v1/power', {}, { signal, live: true }),
      ]);
      racks.items.forEach((rack) => names.set(`rack/${rack.id}`, rack.name));
      power.items.forEach((node) => names.set(`node/${node.id}`, node.name));
    }

    async function readChosen(signal) {
      const seq = Number(url.get('seq'));
      if (url.get('seq') === null || (chosen && chosen.seq === seq)) return;
      chosen = journal.rows.find((row) => row.seq === seq) || null;
      if (chosen || !(seq >= 1)) return;
      const page = await app.api.get(
        '/v1/events',
        { since: seq - 1, limit: 1 },
        { signal, live: true },
      );
      chosen = page.items[0] || null;
    }

    const refresh = createRefresh({
      key: () => `${app.clock.at_ms} ${all()}`,
      async ask(signal) {
        await learnNames(signal);
        await readChosen(signal);
        const state = await app.api.get('/v1/state', {}, { signal });
        const asked = `${app.clock.at_ms} ${all()}`;
        if (begun !== asked) {
          if (looking) looking.abort();
          looking = null;
          const around =
            begun === null && url.get('seq') !== null
              ? Math.min(state.seq, Number(url.get('seq')) + 200)
              : state.seq;
          journal.begin(around);
          begun = asked;
          await journal.back(signal);
        }
        if (following && !app.clock.past) await journal.follow(state.seq, signal);
        return state;
      },
      draw(state) {
        problem.hidden = true;
        draw();
        if (first && url.get('seq') !== null) table.reveal(`event/${url.get('seq')}`);
        app.ready(state.seq);
        if (shown().length < WANTED_ROWS / 2 && journal.low > 1 && first) lookBack();
        first = false;
      },
      fail(error) {
        fill(problem, problemPanel(error));
        problem.hidden = false;
        app.failed();
      },
    });
    let first = true;
    return {
      update() {
        draw();
        refresh.update();
      },
      unmount() {
        ended = true;
        if (looking) looking.abort();
        refresh.finish();
        table.finish();
      },
    };
  },
};
