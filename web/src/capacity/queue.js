// The queue: who waits, since when, when it is likely to start, and what it waits for.
import { emptyPanel, problemPanel } from '../components/empty.js';
import { dataTable } from '../components/table.js';
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import * as words from './words.js';

export function createQueue(app, names) {
  const total = h('span.muted');
  const trouble = h('div');
  const tenantOf = (row) =>
    row.tenant_name || names.tenants.get(String(row.tenant)) || `tenant ${row.tenant}`;
  const table = dataTable({
    caption: 'Queue',
    id: (row) => `queue/${row.job}`,
    sort: 'start',
    empty: () => emptyPanel('Nobody waits', 'Every job that was asked for runs or has its place.'),
    columns: [
      {
        key: 'job',
        title: 'Job',
        numeric: true,
        width: '56px',
        value: (row) => row.job,
        cell: (row) => String(row.job),
      },
      { key: 'tenant', title: 'Tenant', wide: true, width: '96px', value: tenantOf },
      {
        key: 'size',
        title: 'Accel.',
        numeric: true,
        width: '70px',
        value: (row) => row.accelerators,
      },
      {
        key: 'start',
        title: 'Likely start',
        width: '104px',
        value: (row) => row.predicted_start_ms,
        cell: (row) =>
          row.predicted_start_ms === null ? 'not known' : words.when(row.predicted_start_ms),
      },
      {
        key: 'reason',
        title: 'Waits for',
        value: (row) => row.reason,
        cell: (row) => h('span', { title: row.reason }, row.reason),
      },
    ],
  });
  const element = h(
    'section.panel.list.queue',
    { 'aria-label': 'Queue' },
    h('header', h('h2', 'Queue'), total),
    trouble,
    table.element,
  );

  async function refresh() {
    try {
      const answer = await app.api.get('/v1/capacity/queue');
      const rows = answer.items || answer;
      say(total, rows.length === 0 ? '' : `${format.count(rows.length)} wait`);
      fill(trouble);
      table.set(rows);
    } catch (error) {
      fill(trouble, problemPanel(error));
      table.set([]);
    }
  }

  return { element, refresh, finish: table.finish };
}
