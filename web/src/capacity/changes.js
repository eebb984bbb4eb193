// What is to come: racks that are expected, and can be sold today from that day on; racks that go;
// and what is kept clear for work. The soonest first.
import { emptyPanel, problemPanel } from '../components/empty.js';
import { dataTable } from '../components/table.js';
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import * as words from './words.js';

const KINDS = {
  arrival: { text: 'comes', level: 'active' },
  retirement: { text: 'goes', level: 'warning' },
  maintenance: { text: 'work', level: 'none' },
};

// What it means for who wants to buy.
function meaning(change, now_ms) {
  if (change.kind === 'arrival') {
    const hours = change.sold_accelerator_hours;
    const sold = hours > 0 ? `, ${format.count(hours)} accelerator-hours are sold` : '';
    return `can be sold today${sold}; it is ${change.state} now`;
  }
  if (change.kind === 'retirement') return 'nothing is sold there past that';
  const since = change.from_ms <= now_ms ? 'under way' : 'nothing is sold there';
  return `${since} until ${words.when(change.until_ms)}`;
}

export function createChanges(app, onChanges) {
  const total = h('span.muted');
  const trouble = h('div');
  const idOf = (row) => `${row.kind}/${row.maintenance ?? row.rack}`;
  const table = dataTable({
    caption: 'What is to come',
    id: idOf,
    sort: 'from_ms',
    empty: () =>
      emptyPanel('Nothing is to come', 'No rack is expected or goes, and no work is planned.'),
    columns: [
      {
        key: 'from_ms',
        title: 'From',
        width: '108px',
        value: (row) => row.from_ms,
        cell: (row) => words.when(row.from_ms),
      },
      {
        key: 'kind',
        title: 'What',
        width: '82px',
        value: (row) => KINDS[row.kind].text,
        cell: (row) =>
          h('span.state', { data: { level: KINDS[row.kind].level } }, KINDS[row.kind].text),
      },
      {
        key: 'name',
        title: 'Where',
        width: '92px',
        value: (row) => row.name,
        cell: (row) =>
          row.rack === undefined ? row.name : h('a', { href: `/racks/${row.rack}` }, row.name),
      },
      {
        key: 'size',
        title: 'Accel.',
        numeric: true,
        width: '66px',
        value: (row) => row.accelerators,
        cell: (row) => format.count(row.accelerators),
      },
      {
        key: 'chip',
        title: 'Chip',
        wide: true,
        width: '72px',
        value: (row) => row.chip_name,
        cell: (row) => row.chip_name || format.NONE,
      },
      {
        key: 'meaning',
        title: 'Means',
        wide: true,
        value: (row) => meaning(row, app.clock.shown_ms),
        cell: (row) => {
          const text = meaning(row, app.clock.shown_ms);
          return h('span', { title: text }, text);
        },
      },
    ],
  });
  const element = h(
    'section.panel.list.changes',
    { 'aria-label': 'What is to come' },
    h('header', h('h2', 'What is to come'), total),
    trouble,
    table.element,
  );

  async function refresh() {
    try {
      const { items } = await app.api.all('/v1/capacity/changes');
      const coming = items
        .filter((each) => each.kind === 'arrival')
        .reduce((sum, each) => sum + each.accelerators, 0);
      say(total, coming > 0 ? `${format.count(coming)} accelerators come, and can be sold today` : '');
      fill(trouble);
      table.set(items);
      onChanges(items);
    } catch (error) {
      fill(trouble, problemPanel(error));
      table.set([]);
      onChanges([]);
    }
  }

  return { element, refresh, finish: table.finish };
}
