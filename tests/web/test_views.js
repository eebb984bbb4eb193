// Each view shows what the API says, while the clock stands still.
'use strict';

const { assert, eventually, test } = require('./harness');
const { act, drawn, figures, open, shows } = require('./dashboard');

// A member of an answer by its path: "power.w", "racks.0.w".
const member = (answer, name) => name.split('.').reduce((at, key) => (at ? at[key] : undefined),
  answer);

test('overview: five figures, and what is wrong', async ({ site, page }) => {
  await site.pause();
  await open(page, 'overview');
  const overview = await site.get('/v1/overview');
  await shows(page, 'power.w', overview.figures.power.w);
  const shown = (await figures(page)).filter(({ name }) =>
    member(overview.figures, name) !== undefined);
  assert.ok(shown.length >= 5, `only ${shown.length} figures of /v1/overview`);
  for (const { name, value, text } of shown) {
    assert.equal(Number(value), member(overview.figures, name), name);
    assert.match(text, /\d/, `${name} is a number to read`);
  }
  await eventually(async () => {
    const said = await page.locator('[data-row^="alarm/"]').allInnerTexts();
    assert.equal(said.length, overview.alarms.length, 'alarms');
    overview.alarms.forEach((alarm, index) =>
      assert.ok(said[index].includes(alarm.reason), `${alarm.code}: ${said[index]}`));
  });
  await site.resume();
});

test('racks: each rack, its state and its watts', async ({ site, page }) => {
  await site.pause();
  await open(page, 'racks');
  const { items } = await site.get('/v1/racks?limit=1000');
  await eventually(async () => {
    for (const rack of items) {
      const row = page.locator(`[data-row="rack/${rack.id}"]`).first();
      assert.equal(await row.count(), 1, `rack ${rack.name}`);
      assert.ok((await row.textContent()).includes(rack.name), rack.name);
    }
  });
  await site.resume();
});

test('power: every node, with its watts and with a feed lost', async ({ site, page }) => {
  await site.pause();
  await open(page, 'power');
  const { items } = await site.get('/v1/power?limit=1000');
  await eventually(async () => {
    for (const node of items) {
      const row = page.locator(`[data-row="power/${node.id}"]`).first();
      assert.equal(await row.count(), 1, `node ${node.name}`);
      assert.ok((await row.textContent()).includes(node.name), node.name);
      const values = await row.locator('[data-value]').evaluateAll((all) =>
        all.map((each) => Number(each.dataset.value)));
      assert.ok(values.includes(node.w), `${node.name}: ${node.w} W among ${values}`);
    }
  });
  await site.resume();
});

test('events: the last rows of the journal, in order', async ({ site, page }) => {
  const seq = await site.pause();
  await open(page, 'events');
  await page.locator(`[data-row="event/${seq}"]`).waitFor();
  const numbers = await page.locator('[data-row^="event/"]').evaluateAll((all) =>
    all.map((each) => Number(each.dataset.row.split('/')[1])));
  assert.ok(numbers.length >= 10, `only ${numbers.length} rows`);
  const steps = new Set(numbers.slice(1).map((each, index) => Math.sign(each - numbers[index])));
  assert.equal(steps.size, 1, 'in order');
  await site.resume();
});

test('floor: robots and racks as the API counts them', async ({ site, page }) => {
  await site.pause();
  await open(page, 'floor');
  const { figures: { robots } } = await site.get('/v1/overview');
  await shows(page, 'robots.total', robots.total);
  await shows(page, 'robots.broken', robots.broken);
  assert.equal(await page.locator('#view canvas').count() > 0, true);
  await site.resume();
});

test('air: drones and flights as the API counts them', async ({ site, page }) => {
  await site.pause();
  await open(page, 'air');
  const { figures: { drones } } = await site.get('/v1/overview');
  await shows(page, 'drones.flying', drones.flying);
  await shows(page, 'drones.ready', drones.ready);
  await site.resume();
});

test('views: the address restores what was seen', async ({ site, page }) => {
  await site.pause();
  await open(page, 'racks');
  await page.locator('[data-row^="rack/"]').nth(3).click();
  await eventually(async () => assert.match(page.url(), /\?.*rack=\d+/));
  const shown = await page.locator('[data-elevation]').getAttribute('data-elevation');
  await page.goto(page.url());
  await drawn(page, 'racks');
  await page.locator(`[data-elevation="${shown}"]`).waitFor();
  await site.resume();
});

test('views: a live page follows the site', async ({ site, page }) => {
  await site.resume(600000);
  await open(page, 'overview');
  const first = await page.locator('#view').getAttribute('data-ready');
  await eventually(async () =>
    assert.notEqual(await page.locator('#view').getAttribute('data-ready'), first));
  assert.equal(await act(page, 'live').isVisible() && await act(page, 'live').isEnabled(), false);
  await site.resume();
});
