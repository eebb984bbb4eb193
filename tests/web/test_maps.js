// The maps of the floor and of the air: what is drawn is where the API says that it is.
'use strict';

const { assert, eventually, test } = require('./harness');
const { open } = require('./dashboard');

const PX = 40; // of a cell, from so near

async function middleOf(page) {
  const box = await page.locator('[data-map]').boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

const titleIs = (page, title) => eventually(async () =>
  assert.equal(await page.locator('.map-facts h2').textContent(), title));

// A robot with its place in the hall; not one that stands at the edge of the floor.
async function aRobot(site) {
  const { halls: [hall] } = await site.get('/v1/floor');
  const { items } = await site.get('/v1/robots?limit=200');
  const robot = items.find((each) => each.cell % hall.columns > 12
    && each.cell % hall.columns < hall.columns - 12 && each.cell > 8 * hall.columns);
  const cell = robot.cell - hall.first_cell;
  return { robot, x: (cell % hall.columns) + 0.5, y: Math.floor(cell / hall.columns) + 0.5 };
}

for (const renderer of ['canvas', 'webgl']) {
  test(`maps: a robot is where the API says, by ${renderer}`, async ({ site, page }) => {
    await site.pause();
    const { robot, x, y } = await aRobot(site);
    await open(page, 'floor', `?renderer=${renderer}&x=${x}&y=${y}&z=${PX}`);
    const drawn_by = await page.locator('[data-map]').getAttribute('data-renderer');
    assert.ok(renderer === 'webgl' || drawn_by === 'canvas', drawn_by);
    await page.mouse.click(...await middleOf(page));
    await eventually(async () => assert.match(page.url(), new RegExp(`sel=robot-${robot.id}\\b`)));
    await titleIs(page, robot.name);
    await site.resume();
  });
}

// The pixel of the ground in the middle of the map, which a plain canvas tells.
const middlePixel = (page) => page.evaluate(() => {
  const canvas = document.querySelector('.map-ground');
  const { data } = canvas.getContext('2d')
    .getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1);
  return [...data].join(' ');
});

test('maps: a robot is painted where it stands', async ({ site, page }) => {
  await site.pause();
  const { items } = await site.get('/v1/robots?limit=1000');
  const { halls: [hall] } = await site.get('/v1/floor');
  const taken = new Set(items.map((each) => each.cell - hall.first_cell));
  const { robot, x, y } = await aRobot(site);
  const cell = robot.cell - hall.first_cell;
  const free = [1, -1, 2, -2, 3, -3, 4, -4].find((step) => !taken.has(cell + step));
  await open(page, 'floor', `?renderer=canvas&x=${x - 0.25}&y=${y - 0.25}&z=${PX}`);
  const with_robot = await middlePixel(page);
  await open(page, 'floor', `?renderer=canvas&x=${x - 0.25 + free}&y=${y - 0.25}&z=${PX}`);
  await eventually(async () => assert.notEqual(await middlePixel(page), with_robot));
  await site.resume();
});

// The address, once the map has written down where it came to rest.
async function restingUrl(page) {
  let url = null;
  while (url !== page.url()) {
    url = page.url();
    await page.waitForTimeout(1000);
  }
  return url;
}

test('maps: keys move the floor, and the address keeps its place', async ({ site, page }) => {
  await site.pause();
  await open(page, 'floor');
  assert.doesNotMatch(page.url(), /[?&]z=/);
  await page.locator('[data-map]').focus();
  for (const key of ['+', '+', '+', 'ArrowLeft', 'ArrowUp', '-']) await page.keyboard.press(key);
  await eventually(async () => assert.match(page.url(), /[?&]x=.*y=.*z=/));
  const url = await restingUrl(page);
  const status = await page.locator('.map-status').textContent();
  await page.goto(url);
  await eventually(async () =>
    assert.equal(await page.locator('.map-status').textContent(), status));
  assert.equal(page.url(), url);
  await page.locator('[data-map]').focus();
  await page.keyboard.press('0');
  await eventually(async () => assert.doesNotMatch(page.url(), /[?&]z=/));
  await site.resume();
});

test('maps: a rack by keys alone, from the list', async ({ site, page }) => {
  await site.pause();
  await open(page, 'floor');
  await page.locator('.map-list summary').focus();
  await page.keyboard.press('Enter');
  const row = page.locator('.map-list [data-row^="rack/"][tabindex="0"]');
  await row.focus();
  const id = (await row.getAttribute('data-row')).split('/')[1];
  await page.keyboard.press('Enter');
  const rack = await site.get(`/v1/racks/${id}`);
  await titleIs(page, rack.name);
  await page.locator('[data-map]').focus();
  await page.keyboard.press('Escape');
  await titleIs(page, 'Nothing selected');
  await site.resume();
});

test('maps: the floor and the air as they were', async ({ site, page }) => {
  await site.pause();
  const { start_ms } = await site.get('/v1/overview');
  const at = start_ms + 3600000;
  for (const view of ['floor', 'air']) {
    await open(page, view, `?at=${at}`);
    await eventually(async () =>
      assert.equal(await page.locator('[data-map]').getAttribute('data-now-ms'), String(at)));
  }
  await site.resume();
});

test('maps: a drone from the list, and what is held later', async ({ site, page }) => {
  await site.pause();
  await open(page, 'air');
  await page.locator('.map-list summary').click();
  await page.locator('.map-list [data-row="drone/0"]').click();
  await titleIs(page, (await site.get('/v1/drones/0')).name);
  await page.locator('#ahead').fill('120');
  await eventually(async () => assert.match(page.url(), /[?&]ahead=120/));
  assert.match(await page.locator('.air-time output').textContent(), /^in 2 min/);
  await site.resume();
});
