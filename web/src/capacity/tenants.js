// The tenants, as the tree that they are: what is guaranteed to each, what it holds, what it has
// borrowed or lent, what of its grant is stranded and why, what of its budget is used, and how it
// stands beside its siblings.
import { bar } from '../components/bar.js';
import { emptyPanel, problemPanel } from '../components/empty.js';
import { fill, h, say } from '../dom.js';
import * as format from '../format.js';
import * as words from './words.js';

const MOST = 200; // shown; a longer tree is for the command line

const HEADS = [
  ['Tenant'],
  ['Chip'],
  ['Guaranteed', 'num'],
  ['Holds', 'num'],
  ['', 'wide'],
  ['Beyond', 'num'],
  ['Stranded', 'num'],
  ['Why'],
  ['Had of late', 'num'],
  ['Budget of now'],
];

const amount = (value) => format.milli(value * 1000);
const sum = (list, of) => list.reduce((all, each) => all + of(each), 0);
const strandedOf = (grant) =>
  sum(
    grant.stranded.filter(({ cause }) => cause !== 'lent'),
    (each) => each.accelerators,
  );
const lentOf = (grant) =>
  sum(
    grant.stranded.filter(({ cause }) => cause === 'lent'),
    (each) => each.accelerators,
  );

// [{tenant, depth, siblings}] from the top down; those under one another in the order of the list.
function treeOf(items) {
  const under = new Map();
  for (const each of items)
    under.set(each.under, [...(under.get(each.under) || []), each]);
  const walk = (parent, depth) =>
    (under.get(parent) || []).flatMap((tenant) => [
      { tenant, depth, siblings: under.get(parent) },
      ...walk(tenant.id, depth + 1),
    ]);
  return walk(null, 0);
}

const number = (name, value, text = amount(value)) =>
  h('td.num', { 'data-cell': name, 'data-value': value }, text);

// Held over what is guaranteed is borrowed; what others hold of it is lent.
function beyond(grant) {
  const borrowed = Math.max(0, grant.held - grant.granted);
  const lent = lentOf(grant);
  if (borrowed > 0) return number('beyond', borrowed, `${amount(borrowed)} borrowed`);
  if (lent > 0) return number('beyond', -lent, `${amount(lent)} lent`);
  return number('beyond', 0, format.NONE);
}

function barOf(grant) {
  const meter = bar();
  const limit = Math.max(grant.granted, grant.held);
  meter.set({ value: grant.held, limit, peak: grant.granted > 0 ? grant.granted : null });
  return h('td.wide.meter-cell', meter.element);
}

function why(grant) {
  const causes = grant.stranded.filter(({ cause }) => cause !== 'lent');
  const text = causes.map((each) => `${amount(each.accelerators)} ${each.cause}`).join(', ');
  return h('td.why', text || format.NONE);
}

// What the causes mean that are named in the table.
function causesOf(items) {
  const meanings = new Map();
  for (const { cause, meaning } of items.flatMap(({ chips }) => chips.flatMap((c) => c.stranded)))
    meanings.set(cause, meaning);
  return [...meanings].map(([cause, meaning]) => `${cause}: ${meaning}.`).join(' ');
}

function grantCells(grant) {
  return [
    h('td', grant.name),
    number('granted', grant.granted),
    number('held', grant.held),
    barOf(grant),
    beyond(grant),
    number('stranded', strandedOf(grant), strandedOf(grant) > 0 ? undefined : format.NONE),
    why(grant),
  ];
}

// How much of what its siblings and it had of late was its own, beside what its weight is due.
function standing({ tenant, siblings }, rows) {
  const had = sum(siblings, (each) => each.held_of_late);
  const weight = sum(siblings, (each) => each.weight);
  return h(
    'td.num',
    { rowspan: rows, 'data-cell': 'held_of_late', 'data-value': tenant.held_of_late },
    amount(Math.round(tenant.held_of_late * 10) / 10),
    h(
      'span.share',
      `${format.percent(tenant.held_of_late, had)}, due ${format.percent(tenant.weight, weight)}`,
    ),
  );
}

function budgetLine(name, spent, limit, text) {
  const meter = bar();
  meter.set({ value: spent, limit, warns: true });
  return h('div.budget', { 'data-cell': name, 'data-value': spent }, meter.element, text);
}

function budget({ tenant }, rows) {
  const of = tenant.budget;
  if (!of) return h('td.muted', { rowspan: rows }, 'no limit');
  const hours = of.accelerator_hours;
  return h(
    'td',
    { rowspan: rows, title: `until ${format.minute(of.until_ms)}` },
    hours !== null &&
      budgetLine(
        'spent_accelerator_hours',
        of.spent_accelerator_hours,
        hours,
        `${format.count(of.spent_accelerator_hours)} of ${format.count(hours)} h`,
      ),
    of.micro !== null &&
      budgetLine(
        'spent_micro',
        of.spent_micro,
        of.micro,
        `${words.price(of.spent_micro)} of ${words.price(of.micro)}`,
      ),
  );
}

const NO_GRANT = h('td.muted', { colspan: 7 }, 'nothing is guaranteed, and nothing held');

function tenantRows(node) {
  const { tenant, depth } = node;
  const rows = Math.max(1, tenant.chips.length);
  const name = h('span.tree-name', { style: { '--depth': depth } }, tenant.name);
  const first = tenant.chips[0];
  const head = h(
    'tr',
    { 'data-row': `tenant/${tenant.id}` },
    h('th', { scope: 'rowgroup', rowspan: rows }, name),
    first ? grantCells(first) : NO_GRANT.cloneNode(true),
    standing(node, rows),
    budget(node, rows),
  );
  return [head, ...tenant.chips.slice(1).map((grant) => h('tr', grantCells(grant)))];
}

export function createTenants(app) {
  const note = h('span.muted');
  const body = h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'Tenants' });
  const causes = h('p.in.muted.meaning');
  const element = h(
    'section.panel.tenants',
    { 'aria-label': 'Tenants' },
    h('header', h('h2', 'Tenants'), note),
    body,
    causes,
  );

  function table(nodes) {
    const heads = HEADS.map(([title, kind]) =>
      h(kind ? `th.${kind}` : 'th', { scope: 'col' }, title),
    );
    return h(
      'table.plain',
      h('thead', h('tr', heads)),
      nodes.slice(0, MOST).map((node) => h('tbody', tenantRows(node))),
    );
  }

  async function refresh() {
    try {
      const { items, pages, count } = await app.api.all('/v1/capacity/quota');
      const half_life = format.duration(pages[0].half_life_ms);
      const more = count > MOST ? `; ${count - MOST} more: plenum capacity quota` : '';
      say(note, `accelerators; of late: what was held counts half after ${half_life}${more}`);
      say(causes, causesOf(items));
      causes.hidden = causes.textContent === '';
      if (items.length === 0)
        fill(body, emptyPanel('No tenants', 'The site file names nobody who may buy.'));
      else fill(body, table(treeOf(items)));
    } catch (error) {
      fill(body, problemPanel(error));
    }
  }

  return { element, refresh };
}
