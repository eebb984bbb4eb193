// Capacity: the answer to "when?", a reservation, and its end.
'use strict';

const { assert, eventually, test } = require('./harness');
const { act, allRows, journaled, open } = require('./dashboard');

const HOUR = 3600000;

async function tenant(site) {
  const { tenants } = await site.get('/v1/capacity/prices');
  return tenants[0];
}

test('capacity: offers as the API gives them, in the address too', async ({ site, page }) => {
  await site.pause();
  await open(page, 'capacity', '?n=4&h=3');
  const { offers } = await site.post('/v1/capacity/offers',
    { accelerators: 4, duration_ms: 3 * HOUR, count: 4 });
  assert.ok(offers.length > 0, 'there is an offer');
  await eventually(async () => {
    const starts = await page.locator('[data-row^="offer/"]').evaluateAll((all) =>
      all.map((each) => Number(each.dataset.value)));
    assert.deepEqual(starts, offers.map((each) => each.start_ms));
  });
  await page.locator('input[name=n]').fill('16');
  await page.locator('input[name=h]').fill('12');
  await eventually(async () => assert.match(page.url(), /n=16.*h=12|h=12.*n=16/));
  await eventually(async () =>
    assert.match(await page.locator('.ask .cli code').first().innerText(),
      /plenum capacity offer --accelerators 16 --for 12h/));
  await page.reload();
  assert.equal(await page.locator('input[name=n]').inputValue(), '16');
  await site.resume();
});

test('capacity: says why not sooner, and what cannot be', async ({ site, page }) => {
  await site.pause();
  await open(page, 'capacity', '?n=100000&h=3');
  await eventually(async () => {
    assert.equal(await page.locator('[data-row^="offer/"]').count(), 0);
    const said = (await page.locator('.blockers').innerText()) +
      (await page.locator('.trouble').innerText());
    assert.match(said, /\d/, 'a reason with a figure');
  });
  await site.resume();
});

test('capacity: calendar, queue and prices as the API gives them', async ({ site, page }) => {
  await site.pause();
  await open(page, 'capacity');
  const { items } = await site.get('/v1/capacity/queue');
  const rows = page.locator('[data-row^="queue/"]');
  await eventually(async () =>
    assert.equal(await rows.count() > 0, items.length > 0, `${items.length} wait`));
  const prices = await site.get('/v1/capacity/prices');
  for (const chip of prices.chips) {
    const cell = page.locator(`[data-row="price/${chip.chip}"] [data-value]`).first();
    await eventually(async () =>
      assert.equal(Number(await cell.getAttribute('data-value')), chip.price_hour_micro));
  }
  const canvas = page.locator('.calendar canvas');
  await canvas.focus();
  await page.keyboard.press('ArrowRight');
  await eventually(async () =>
    assert.match(await page.locator('.calendar .readout').innerText(), /\d+ of [\d,]+ sold/));
  await site.resume();
});

// What the view shows of tenants: {id: {granted: [by chip], held: [...], held_of_late: [one]}}.
function tenantsShown(page) {
  return page.locator('.tenants tbody').evaluateAll((all) => Object.fromEntries(all.map((body) => {
    const cells = {};
    for (const each of body.querySelectorAll('[data-cell]'))
      (cells[each.dataset.cell] = cells[each.dataset.cell] || []).push(Number(each.dataset.value));
    return [body.querySelector('[data-row]').dataset.row.split('/')[1], cells];
  })));
}

function tenantsOf({ items }) {
  const sum = (grant, is) => grant.stranded.filter(({ cause }) => is(cause))
    .reduce((all, each) => all + each.accelerators, 0);
  const beyond = (grant) => {
    const over = Math.max(0, grant.held - grant.granted);
    return over > 0 ? over : 0 - sum(grant, (cause) => cause === 'lent');
  };
  return Object.fromEntries(items.map(({ id, chips, held_of_late, budget }) => [id, {
    ...(chips.length > 0 && {
      granted: chips.map((each) => each.granted),
      held: chips.map((each) => each.held),
      beyond: chips.map(beyond).map((each) => each || 0),
      stranded: chips.map((each) => sum(each, (cause) => cause !== 'lent')),
    }),
    held_of_late: [held_of_late],
    ...(budget && { spent_accelerator_hours: [budget.spent_accelerator_hours],
      spent_micro: [budget.spent_micro] }),
  }]));
}

for (const [when, query] of [['now', ''], ['in the past', 'at']]) {
  test(`capacity: tenants, what is to come and prices ${when}`, async ({ site, page }) => {
    await site.pause();
    const { now_ms } = await site.get('/v1/state');
    const at = query ? `?at=${now_ms - 2 * HOUR}` : '';
    await open(page, 'capacity', at);
    const quota = await site.get(`/v1/capacity/quota${at}`);
    assert.ok(quota.items.some(({ under }) => under !== null), 'a tree');
    await eventually(async () => {
      const shown = await tenantsShown(page);
      for (const cells of Object.values(shown))
        if (cells.beyond) cells.beyond = cells.beyond.map((each) => each || 0);
      assert.deepEqual(shown, tenantsOf(quota));
    });
    const depth = (id) => page.locator(`[data-row="tenant/${id}"] .tree-name`)
      .evaluate((each) => Number(each.style.getPropertyValue('--depth')));
    for (const { id, under } of quota.items)
      assert.equal(await depth(id), under === null ? 0 : 1 + await depth(under));

    const changes = await site.get(`/v1/capacity/changes${at}`);
    assert.ok(changes.items.length > 0, 'something is to come');
    const rows = await allRows(page, 'arrival');
    for (const { rack, name, from_ms, accelerators } of changes.items) {
      assert.match(rows[rack].text, new RegExp(name));
      assert.match(rows[rack].text, /can be sold today/);
      assert.deepEqual(rows[rack].values.filter((each) => each > 1e12), [from_ms]);
      assert.ok(rows[rack].values.includes(accelerators));
    }
    const prices = await site.get(`/v1/capacity/prices${at}`);
    for (const chip of prices.chips) {
      const values = await page.locator(`[data-row="price/${chip.chip}"] [data-value]`)
        .evaluateAll((all) => all.map((each) => Number(each.dataset.value)));
      assert.deepEqual(values, [chip.price_hour_micro, ...chip.weeks]);
    }
    assert.match(await page.locator('.prices .meaning').innerText(),
      /up to 30 % .* 1\.00; .* to 10\.00/);
    await site.resume();
  });
}

test('capacity: work and a rack that goes, in the list and in the calendar', async (
  { site, page }) => {
  await site.pause();
  const { now_ms } = await site.get('/v1/state');
  const { items: racks } = await site.get('/v1/racks?limit=1000');
  const rack = racks.find(({ state, model }) => state === 'in-service' && /dgx/.test(model));
  const [from_ms, until_ms] = [now_ms + 90 * HOUR, now_ms + 100 * HOUR];
  const { maintenance } = await site.post('/v1/capacity/maintenances',
    { rack: rack.id, from_ms, until_ms, take: true });
  await site.post(`/v1/racks/${rack.id}/retire`, { from_ms: now_ms + 120 * HOUR, take: true });
  await open(page, 'capacity', '?span=672&by=rack');
  const list = page.locator('.changes');
  await list.locator('th button', { hasText: 'What' }).click();
  await list.locator('th button', { hasText: 'What' }).click();
  await eventually(async () => assert.match(
    await list.locator(`[data-row="maintenance/${maintenance}"]`).innerText(),
    new RegExp(`work\\s+${rack.name}`)));
  assert.match(await list.locator(`[data-row="retirement/${rack.id}"]`).innerText(),
    new RegExp(`goes\\s+${rack.name}`));
  const canvas = page.locator('.calendar canvas');
  await canvas.focus();
  const { racks: rows } = await site.get('/v1/capacity/calendar?by=rack&buckets=1');
  for (let row = rows.findIndex((each) => each.rack === rack.id); row > 0; row--)
    await page.keyboard.press('ArrowDown');
  for (let bucket = 0; bucket < 24; bucket++) await page.keyboard.press('ArrowRight');
  await eventually(async () =>
    assert.match(await page.locator('.calendar .readout').innerText(),
      new RegExp(`${rack.name}, .*; \\d+ kept clear for work`)));
  await site.post(`/v1/racks/${rack.id}/keep`, {});
  await site.post(`/v1/capacity/maintenances/${maintenance}/cancel`, {});
  await page.reload();
  await eventually(async () => assert.equal(
    await list.locator(`[data-row="retirement/${rack.id}"]`).count(), 0));
  await site.resume();
});

test('capacity: reserves, and gives back', async ({ site, page }) => {
  await site.resume(1000);
  const { id, name } = await tenant(site);
  const { seq } = await site.get('/v1/state');
  await open(page, 'capacity', `?n=2&h=5&tenant=${id}`);
  const latest = page.locator('[data-row^="offer/"]').last();
  await latest.click();
  assert.match(await page.locator('.chosen .cli code').innerText(),
    new RegExp(`plenum capacity reserve --accelerators 2 --for 5h .*--tenant ${name}`));
  await act(page, 'reserve').click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[name=actor]').fill('rosalind');
  await dialog.locator('.verdict[data-level=good]').waitFor();
  await dialog.getByRole('button', { name: 'Reserve', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  const row = await journaled(site, seq, 'rosalind');
  const job = row.ops.map((each) => each.of || each.owner).find((each) => /^job\//.test(each));
  assert.ok(job, 'a job was made');

  const newest = page.locator('.jobs th button', { hasText: 'Job' });
  await newest.click();
  await newest.click();
  const line = page.locator(`[data-row="${job}"]`);
  await line.waitFor();
  await line.locator('[data-act=cancel]').click();
  await dialog.locator('input[name=actor]').fill('rosalind');
  const slide = dialog.locator('input[data-slide]');
  if (await slide.count() > 0) {
    await slide.focus();
    await page.keyboard.press('End');
  } else {
    await dialog.locator('button[type=submit]').click();
  }
  await dialog.waitFor({ state: 'hidden' });
  await journaled(site, row.seq, 'rosalind');
  await line.waitFor({ state: 'detached' });
  await open(page, 'events', `?seq=${row.seq}`);
  await page.locator(`[data-row="event/${row.seq}"]`).waitFor();
  await site.resume();
});
