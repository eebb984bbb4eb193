// A table that sorts, is walked with the arrow keys, and stays quick with ten thousand rows: only
// those in sight are in the page, between two spacers.
//
// Rows are focused one at a time (a roving tabindex); Enter opens one. Sorting is stable, ties keep
// the order of the rows as they were given.
import { h, fill } from '../dom.js';

const collator = new Intl.Collator('en', { numeric: true }); // rack 2 before rack 10
const ROW_PX = 28; // as --row in style.css
const MARGIN = 12; // rows beyond the edges of what is seen

// columns: [{key, title, numeric, width, wide (leave away on a phone), value(row), cell(row)}]
//   value: what is sorted by, and data-value where it is a number; cell: text or a node, by default
//   the value.
// onend is called when the last rows come in sight.
// {caption, columns, id(row) -> string, label 'rack/12', onopen(row), sort: 'key' | '-key', empty()}
export function dataTable({
  caption,
  columns,
  id,
  onopen = null,
  sort = null,
  onsort = null,
  onend = null,
  empty,
}) {
  let rows = [];
  let order = [];
  let by = sort;
  let selected = null; // id of the row with the focus
  let chosen = null;
  let shown = { from: 0, until: 0 };

  const head = h(
    'tr',
    columns.map((column) =>
      h(
        'th',
        { scope: 'col', class: column.numeric ? 'num' : null },
        h(
          'button',
          {
            type: 'button',
            onclick: () => sortBy(by === column.key ? `-${column.key}` : column.key),
          },
          column.title,
        ),
      ),
    ),
  );
  columns.forEach((column, i) => {
    if (column.wide) head.children[i].classList.add('wide');
    if (column.width) head.children[i].style.setProperty('width', column.width);
  });
  const above = h(
    'tbody',
    { 'aria-hidden': 'true' },
    h('tr', h('td', { colspan: columns.length })),
  );
  const below = h(
    'tbody',
    { 'aria-hidden': 'true' },
    h('tr', h('td', { colspan: columns.length })),
  );
  const body = h('tbody');
  const table = h(
    'table.data',
    { role: 'grid', 'aria-label': caption },
    h('thead', head),
    above,
    body,
    below,
  );
  const none = h('div.table-empty');
  const element = h('div.table-scroll', table, none);

  function sorted() {
    if (!by) return rows;
    const down = by.startsWith('-');
    const column = columns.find((each) => each.key === (down ? by.slice(1) : by));
    if (!column) return rows;
    const keyed = rows.map((row, i) => ({ row, i, value: column.value(row) }));
    const compare = (a, b) => {
      if (a.value === b.value) return a.i - b.i;
      if (a.value === null || a.value === undefined) return 1;
      if (b.value === null || b.value === undefined) return -1;
      const less =
        typeof a.value === 'string' ? collator.compare(a.value, b.value) : a.value - b.value;
      return less === 0 ? a.i - b.i : down ? -less : less;
    };
    return keyed.sort(compare).map((each) => each.row);
  }

  function sortBy(key) {
    by = key;
    if (onsort) onsort(key);
    set(rows);
  }

  function cellOf(column, row) {
    const value = column.value(row);
    const shown_as = column.cell ? column.cell(row) : value;
    return h(
      'td',
      {
        class: [column.numeric && 'num', column.wide && 'wide'].filter(Boolean).join(' ') || null,
        'data-value': typeof value === 'number' ? value : null,
      },
      shown_as === null || shown_as === undefined ? '–' : shown_as,
    );
  }

  function rowOf(row, i) {
    const key = id(row);
    return h(
      'tr',
      {
        'data-row': key,
        'aria-rowindex': i + 2,
        tabindex: key === selected || (selected === null && i === 0) ? 0 : -1,
        class: onopen ? 'opens' : null,
        'aria-selected': onopen ? String(key === chosen) : null,
      },
      columns.map((column) => cellOf(column, row)),
    );
  }

  function draw() {
    const height = element.clientHeight || 600;
    const from = Math.max(0, Math.floor(element.scrollTop / ROW_PX) - MARGIN);
    const until = Math.min(order.length, from + Math.ceil(height / ROW_PX) + 2 * MARGIN);
    const had_focus = body.contains(document.activeElement)
      ? document.activeElement.dataset.row
      : null;
    shown = { from, until };
    fill(
      body,
      order.slice(from, until).map((row, i) => rowOf(row, from + i)),
    );
    above.firstChild.firstChild.style.setProperty('height', `${from * ROW_PX}px`);
    below.firstChild.firstChild.style.setProperty('height', `${(order.length - until) * ROW_PX}px`);
    above.hidden = from === 0;
    below.hidden = until === order.length;
    if (had_focus !== null) {
      const again = body.querySelector(`[data-row="${CSS.escape(had_focus)}"]`);
      if (again) again.focus({ preventScroll: true });
    }
    if (!body.querySelector('[tabindex="0"]') && body.firstChild) body.firstChild.tabIndex = 0;
  }

  // chosen: the id of a row that is marked as the one looked at.
  function set(next, now_chosen = chosen) {
    rows = next;
    chosen = now_chosen;
    order = sorted();
    table.setAttribute('aria-rowcount', order.length + 1);
    columns.forEach((column, i) => {
      const direction =
        by === column.key ? 'ascending' : by === `-${column.key}` ? 'descending' : 'none';
      head.children[i].setAttribute('aria-sort', direction);
    });
    table.hidden = order.length === 0;
    fill(none, order.length === 0 && empty ? empty() : []);
    draw();
  }

  function focusRow(i) {
    const at = Math.max(0, Math.min(order.length - 1, i));
    if (!order[at]) return;
    selected = id(order[at]);
    const top = at * ROW_PX;
    const room = element.clientHeight - 2 * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
    draw();
    const found = body.querySelector(`[data-row="${CSS.escape(selected)}"]`);
    for (const each of body.querySelectorAll('[tabindex="0"]')) each.tabIndex = -1;
    if (found) {
      found.tabIndex = 0;
      found.focus({ preventScroll: true });
    }
  }

  // Brings a row to the middle of what is seen, without the focus.
  function reveal(key) {
    const at = order.findIndex((row) => id(row) === key);
    if (at < 0) return;
    element.scrollTop = Math.max(0, at * ROW_PX - element.clientHeight / 2);
    draw();
  }

  function rowAt(target) {
    const found = target.closest('tbody tr[data-row]');
    return found ? order.findIndex((row) => id(row) === found.dataset.row) : -1;
  }

  body.addEventListener('keydown', (event) => {
    const at = rowAt(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(element.clientHeight / ROW_PX) - 2);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: order.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      focusRow(to);
    } else if (event.key === 'Enter' && onopen && event.target.matches('tr')) {
      event.preventDefault();
      onopen(order[at]);
    }
  });
  body.addEventListener('click', (event) => {
    const at = rowAt(event.target);
    if (at < 0) return;
    selected = id(order[at]);
    if (onopen && !event.target.closest('a, button')) onopen(order[at]);
  });
  element.addEventListener(
    'scroll',
    () => {
      const first = Math.floor(element.scrollTop / ROW_PX);
      const last = first + Math.ceil(element.clientHeight / ROW_PX);
      if (onend && order.length > 0 && last >= order.length - 2) onend();
      if (
        (first < shown.from + 2 && shown.from > 0) ||
        (last > shown.until - 2 && shown.until < order.length)
      )
        draw();
    },
    { passive: true },
  );
  const resized = new ResizeObserver(() => draw());
  resized.observe(element);
  set([]);

  return {
    element,
    row_px: ROW_PX,
    set,
    sortBy,
    focusRow,
    reveal,
    get rows() {
      return order;
    },
    finish: () => resized.disconnect(),
  };
}
