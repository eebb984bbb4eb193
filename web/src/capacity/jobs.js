// Reservations, and the jobs that run: whose, how much, where from and until, and how to end them.
import { openAct } from '../components/act.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { dataTable } from '../components/table.js';
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import * as words from './words.js';

const HELD = new Set(['reserved', 'running', 'paused']);

export function createJobs(app, names, onChange) {
  const total = h('span.muted');
  const note = h('span.muted');
  const trouble = h('div');
  let shown = null; // the job that was last brought into sight
  const tenantOf = (job) => names.tenants.get(String(job.tenant)) || `tenant ${job.tenant}`;
  const chipOf = (job) => names.chips.get(String(job.chip)) || 'any';

  function cancel(job) {
    openAct(app, {
      title: `Cancel job ${job.id}`,
      confirm: `Cancel job ${job.id}`,
      danger: job.state === 'running',
      done: `Cancel job ${job.id}`,
      cli: `plenum capacity cancel ${job.id}`,
      what: h(
        'p',
        `${words.accelerators(words.jobMilli(job) / 1000)} of ${tenantOf(job)} until ` +
          `${format.minute(job.end_ms)} UTC are given back at once, and may be sold to others.`,
      ),
      path: `/v1/capacity/reservations/${job.id}/cancel`,
      body: {},
    }).then((outcome) => {
      if (outcome) onChange();
    });
  }

  const cancelButton = (job) =>
    h(
      'button.small',
      {
        type: 'button',
        'data-act': 'cancel',
        'aria-label': `Cancel job ${job.id}`,
        disabled: app.clock.past,
        onclick: () => cancel(job),
      },
      'cancel',
    );

  const stateOf = (job) =>
    h('span.state', { data: { level: job.state === 'running' ? 'good' : 'active' } }, job.state);
  const sizeOf = (job) =>
    job.accelerators === 0 ? format.NONE : format.milli(words.jobMilli(job));

  const table = dataTable({
    caption: 'Reservations and running jobs',
    id: (job) => `job/${job.id}`,
    sort: 'end_ms',
    empty: () => emptyPanel('Nothing is sold', 'No job runs and nothing is reserved.'),
    columns: [
      {
        key: 'id',
        title: 'Job',
        numeric: true,
        width: '56px',
        value: (job) => job.id,
        cell: (job) => String(job.id),
      },
      { key: 'tenant', title: 'Tenant', value: tenantOf },
      {
        key: 'state',
        title: 'State',
        wide: true,
        width: '92px',
        value: (job) => job.state,
        cell: stateOf,
      },
      {
        key: 'size',
        title: 'Accel.',
        numeric: true,
        width: '70px',
        value: words.jobMilli,
        cell: sizeOf,
      },
      { key: 'chip', title: 'Chip', wide: true, width: '76px', value: chipOf },
      {
        key: 'start_ms',
        title: 'Start',
        wide: true,
        width: '100px',
        value: (job) => job.start_ms,
        cell: (job) => words.when(job.start_ms),
      },
      {
        key: 'end_ms',
        title: 'End',
        width: '100px',
        value: (job) => job.end_ms,
        cell: (job) => words.when(job.end_ms),
      },
      {
        key: 'price',
        title: 'Price',
        numeric: true,
        wide: true,
        width: '84px',
        value: (job) => job.price_micro || null,
        cell: (job) => words.price(job.price_micro || null),
      },
      { key: 'act', title: 'End it', width: '80px', value: () => null, cell: cancelButton },
    ],
  });
  const element = h(
    'section.panel.list.jobs',
    { 'aria-label': 'Reservations and running jobs' },
    h('header', h('h2', 'Reserved and running'), total, note),
    trouble,
    table.element,
  );

  // Marks the job that the URL names (a link of another view), and brings its row into sight once.
  function showSought(held) {
    const job = app.url.get('job');
    const found = held.some((each) => String(each.id) === job);
    say(
      note,
      job === null || found ? '' : `Job ${job} neither runs nor is reserved at this instant.`,
    );
    table.set(held, found ? `job/${job}` : null);
    if (!found || shown === job) return;
    shown = job;
    const row = table.rows.findIndex((each) => String(each.id) === job);
    table.element.scrollTop = (row - 3) * table.row_px;
    element.scrollIntoView({ block: 'center' });
  }

  async function refresh() {
    try {
      const { items } = await app.api.all('/v1/jobs');
      const held = items.filter((job) => HELD.has(job.state));
      const milli = held
        .filter((job) => job.state === 'running')
        .reduce((sum, job) => sum + words.jobMilli(job), 0);
      say(total, `${format.count(held.length)} jobs; ${words.accelerators(milli / 1000)} run now`);
      fill(trouble);
      showSought(held);
    } catch (error) {
      fill(trouble, problemPanel(error));
      table.set([]);
    }
  }

  return { element, refresh, finish: table.finish };
}
