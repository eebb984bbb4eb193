// Words of the dashboard, for tests: its views, its figures, its acts.
'use strict';

const { assert, eventually } = require('./harness');

const VIEWS = ['overview', 'floor', 'air', 'racks', 'power', 'capacity', 'events'];
const PATHS = { overview: '/' };

const pathOf = (view) => PATHS[view] || `/${view}`;

// Waits until the view has drawn what the API said.
function drawn(page, view) {
  return page.locator(`#view[data-view="${view}"][data-ready]`).waitFor();
}

async function open(page, view, query = '') {
  await page.goto(pathOf(view) + query);
  await drawn(page, view);
}

// Every figure on the page: [{name, value, text}].
function figures(page) {
  return page.locator('[data-figure]').evaluateAll((all) => all.map((each) => ({
    name: each.dataset.figure, value: each.dataset.value, text: each.textContent.trim() })));
}

// The figure's raw value, as a number; NaN where it is none.
async function figure(page, name) {
  const value = await page.locator(`[data-figure="${name}"]`).first().getAttribute('data-value');
  return value === null || value === '' ? NaN : Number(value);
}

// Waits until the figure is what it must be.
function shows(page, name, expected) {
  return eventually(async () => {
    assert.equal(await figure(page, name), Number(expected), `the figure ${name}`);
  });
}

// The rows of a long table, of which only those in sight are in the page: {id: {text, values}}.
function allRows(page, prefix) {
  return page.locator(`[data-row^="${prefix}/"]`).first().evaluate(async (first, start) => {
    const found = {};
    const scroller = first.closest('.table-scroll');
    const look = () => {
      for (const each of scroller.querySelectorAll(`[data-row^="${start}/"]`)) {
        const values = [...each.querySelectorAll('[data-value]')].map((cell) =>
          Number(cell.dataset.value));
        found[each.dataset.row.slice(start.length + 1)] = { text: each.textContent, values };
      }
    };
    const frame = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
    for (scroller.scrollTop = 0; ;) {
      await frame();
      look();
      const before = scroller.scrollTop;
      scroller.scrollTop += Math.max(40, scroller.clientHeight - 60);
      if (scroller.scrollTop === before) return found;
    }
  }, prefix);
}

// Numbers of a text, in order: "1,966.8 kW of 2,000" gives 1966.8, 2000.
function numbers(text) {
  return (text.match(/\d[\d,]*(\.\d+)?/g) || []).map((each) => Number(each.replace(/,/g, '')));
}

const act = (page, name) => page.locator(`[data-act="${name}"]`).first();

// The dialog that asks before a dangerous act, filled in and slid by the keys.
async function confirm(page, actor, reason) {
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.locator('input[name=actor]').fill(actor);
  const why = dialog.locator('input[name=reason]');
  if (reason && await why.count() > 0) await why.fill(reason);
  const slide = dialog.locator('input[data-slide]');
  await slide.focus();
  await page.keyboard.press('End');
  await dialog.waitFor({ state: 'hidden' });
}

// The row of the journal after seq that says who did it ("amelia", or "amelia: a drill").
function journaled(site, seq, actor, kind) {
  return eventually(async () => {
    const rows = await site.eventsSince(seq);
    const row = rows.find((each) => each.actor.split(':')[0] === actor &&
      (!kind || kind.test(each.kind)));
    assert.ok(row, `no row by ${actor} after ${seq}: ${rows.map((each) => each.kind).join(' ')}`);
    return row;
  });
}

module.exports = { VIEWS, act, allRows, confirm, drawn, figure, figures, journaled, numbers, open,
  shows };
