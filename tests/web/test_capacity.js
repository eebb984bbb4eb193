// Capacity: the answer to "when?", a reservation, and its end.
'use strict';

const { assert, eventually, test } = require('./harness');
const { act, journaled, open } = require('./dashboard');

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
