// Each view shows what the API says, while the clock stands still.
'use strict';

const { assert, eventually, test } = require('./harness');
const { act, allRows, drawn, figures, numbers, open, shows } = require('./dashboard');

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
    const { alarms } = await site.get('/v1/overview');
    const said = await page.locator('[data-row^="alarm/"]').allInnerTexts();
    assert.equal(said.length, alarms.length, 'alarms');
    alarms.forEach((alarm, index) =>
      assert.ok(said[index].includes(alarm.reason), `${alarm.code}: ${said[index]}`));
  });
  await site.resume();
});

test('racks: each rack, its state and its watts', async ({ site, page }) => {
  await site.pause();
  await open(page, 'racks');
  const { items } = await site.get('/v1/racks?limit=1000');
  await eventually(async () => {
    const rows = await allRows(page, 'rack');
    for (const rack of items) {
      assert.ok(rows[rack.id], `rack ${rack.name}`);
      assert.ok(rows[rack.id].text.includes(rack.name), rack.name);
    }
  });
  const rack = items.find((each) => each.state === 'in-service');
  await open(page, 'racks', `?rack=${rack.name}`);
  const { servers } = await site.get(`/v1/racks/${rack.id}/elevation`);
  await eventually(async () => {
    for (const server of servers) {
      const cell = page.locator(`[data-row="server/${server.id}"] [data-value]`).first();
      assert.equal(Number(await cell.getAttribute('data-value')), server.w, server.name);
    }
  });
  await site.resume();
});

test('power: every node, with its watts and with a feed lost', async ({ site, page }) => {
  await site.pause();
  await open(page, 'power');
  const { items } = await site.get('/v1/power?limit=1000');
  const overview = await site.get('/v1/overview');
  await shows(page, 'power.headroom_feed_lost_w', overview.figures.power.headroom_feed_lost_w);
  await eventually(async () => {
    const rows = await allRows(page, 'node');
    for (const node of items) {
      const row = rows[node.name];
      assert.ok(row, `node ${node.name}`);
      const lost = Math.max(...node.with_lost.map((each) => each.w));
      assert.ok(row.values.includes(node.w), `${node.name}: ${node.w} W among ${row.values}`);
      assert.ok(row.values.includes(lost), `${node.name}: ${lost} W among ${row.values}`);
    }
  });
  await site.resume();
});

test('events: the last rows of the journal, in order', async ({ site, page }) => {
  const seq = await site.pause();
  await open(page, 'events', '?all=1');
  await page.locator(`[data-row="event/${seq}"]`).waitFor();
  const shown = await page.locator('[data-row^="event/"]').evaluateAll((all) =>
    all.map((each) => Number(each.dataset.row.split('/')[1])));
  assert.ok(shown.length >= 10, `only ${shown.length} rows`);
  shown.forEach((each, index) => assert.equal(each, seq - index, 'none skipped, none twice'));
  await site.resume();
});

test('floor: robots and racks as the API counts them', async ({ site, page }) => {
  await site.pause();
  await open(page, 'floor');
  const { figures: { robots } } = await site.get('/v1/overview');
  for (const name of ['total', 'busy', 'charging', 'broken'])
    await shows(page, `robots.${name}`, robots[name]);
  await eventually(async () =>
    assert.equal(numbers(await page.locator('.map-status').innerText())[0], robots.total));
  const counts = async (name) => numbers(await page.locator('.legend li',
    { hasText: name }).first().innerText())[0];
  await eventually(async () => assert.equal(await counts('broken'), robots.broken));
  await eventually(async () => assert.equal(await counts('in service'),
    (await site.get('/v1/overview')).figures.racks.in_service));
  await site.resume();
});

test('air: drones as the API has them', async ({ site, page }) => {
  await site.pause();
  await open(page, 'air');
  const { figures: { drones } } = await site.get('/v1/overview');
  for (const name of ['total', 'flying', 'ready', 'grounded'])
    await shows(page, `drones.${name}`, drones[name]);
  await eventually(async () =>
    assert.deepEqual(numbers(await page.locator('.map-status').innerText()).slice(0, 2),
      [drones.flying, drones.total]));
  const { items } = await site.get('/v1/drones?limit=1000');
  await page.locator('.map-list summary').click();
  await eventually(async () => {
    const rows = await allRows(page, 'drone');
    for (const drone of items) {
      assert.ok(rows[drone.id], drone.name);
      assert.ok(rows[drone.id].text.includes(drone.name), drone.name);
      assert.ok(rows[drone.id].text.includes(drone.state), `${drone.name} is ${drone.state}`);
    }
  });
  await site.resume();
});

test('views: the address restores what was seen', async ({ site, page }) => {
  await site.pause();
  await open(page, 'racks');
  await page.locator('[data-row^="rack/"]').nth(3).click();
  await eventually(async () => assert.match(page.url(), /[?&]rack=\w/));
  const name = new URL(page.url()).searchParams.get('rack');
  await page.reload();
  await drawn(page, 'racks');
  await page.getByRole('heading', { name, exact: true }).waitFor();
  await page.goBack();
  await eventually(async () => assert.doesNotMatch(page.url(), /[?&]rack=/));
  await site.resume();
});

test('views: a live page follows the site', async ({ site, page }) => {
  await site.resume(600000);
  await open(page, 'overview');
  const first = await page.locator('#view').getAttribute('data-ready');
  await eventually(async () =>
    assert.notEqual(await page.locator('#view').getAttribute('data-ready'), first));
  assert.equal(await act(page, 'live').getAttribute('aria-pressed'), 'true');
  await site.resume();
});
