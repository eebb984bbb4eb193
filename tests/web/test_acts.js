// Dangerous acts: slid, journaled with the name of who did it, and seen in Events.
'use strict';

const { assert, eventually, test } = require('./harness');
const { act, confirm, journaled, open } = require('./dashboard');

async function seenInEvents(page, actor, seq) {
  await open(page, 'events', `?seq=${seq}`);
  const row = page.locator(`[data-row="event/${seq}"]`);
  await row.waitFor();
  assert.match(await row.innerText(), new RegExp(actor));
}

async function actsOn({ site, page }, { view, query, name, back, actor, stop }) {
  await site.resume(1000);
  const { seq } = await site.get('/v1/state');
  await open(page, view, query);
  await act(page, name).click();
  await confirm(page, actor, 'a drill');
  const row = await journaled(site, seq, actor);
  assert.equal(row.taken, true);
  if (stop) {
    await eventually(async () => assert.equal((await site.get('/v1/overview')).stops[stop], true));
    await act(page, back).click();
    if (await page.getByRole('dialog').isVisible()) await confirm(page, actor, 'the drill is over');
    await eventually(async () =>
      assert.equal((await site.get('/v1/overview')).stops[stop], false));
  }
  await seenInEvents(page, actor, row.seq);
  return row;
}

test('acts: grounds the drones and lets them fly again', (world) => actsOn(world, {
  view: 'air', name: 'ground-drones', back: 'release-drones', actor: 'amelia',
  stop: 'air' }));

test('acts: stops the floor and lets it go on', (world) => actsOn(world, {
  view: 'floor', name: 'stop-floor', back: 'resume-floor', actor: 'grace',
  stop: 'floor' }));

test('acts: sheds load', (world) => actsOn(world, {
  view: 'power', query: '?node=busway-b-4', name: 'shed-load', actor: 'nikola' }));

test('acts: a slide let go half way does nothing', async ({ site, page }) => {
  await site.pause();
  const { seq } = await site.get('/v1/state');
  await open(page, 'air');
  await act(page, 'ground-drones').click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[name=actor]').fill('amelia');
  const box = await dialog.locator('input[data-slide]').boundingBox();
  await page.mouse.move(box.x + 12, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  await eventually(async () =>
    assert.equal(Number(await dialog.locator('input[data-slide]').inputValue()), 0));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.equal((await site.get('/v1/state')).seq, seq, 'nothing was journaled');
  await site.resume();
});

test('acts: the line beside a button does the same', async ({ site, page }) => {
  await site.pause();
  /* What is free is kept for this one: nobody's guarantee stands in its way. */
  const { tenants } = await site.get('/v1/capacity/prices');
  const buyer = tenants.find(({ name }) => name === 'lantern');
  const acts = [['floor', '', 'stop-floor'], ['air', '', 'ground-drones'],
    ['power', '?node=busway-b-4', 'shed-load'],
    ['capacity', `?n=2&h=5&tenant=${buyer.id}`, 'reserve']];
  const { seq } = await site.get('/v1/state');
  for (const [view, query, name] of acts) {
    await open(page, view, query);
    await act(page, name).waitFor();
    const line = await page.locator('.act-line', { has: act(page, name) }).locator('code')
      .innerText();
    const { status, said } = site.shell(`${line} --dry-run`);
    assert.equal(status, 0, `${line}: ${said}`);
  }
  await open(page, 'capacity', '?n=2&h=5&within=row&chip=4');
  const line = await page.locator('.ask header code').innerText();
  const { status, said } = site.shell(line);
  assert.equal(status, 0, `${line}: ${said}`);
  assert.equal((await site.get('/v1/state')).seq, seq, 'nothing changed');
  await site.resume();
});
