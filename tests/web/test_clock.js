// One clock: pause, speed, and the way back through the journal.
'use strict';

const { assert, eventually, test } = require('./harness');
const { VIEWS, act, drawn, open, shows } = require('./dashboard');

test('clock: pauses the site and lets it go on', async ({ site, page }) => {
  await site.resume();
  await open(page, 'overview');
  const pause = act(page, 'pause');
  await pause.click();
  await eventually(async () => assert.equal((await site.get('/v1/state')).paused, true));
  await eventually(async () => assert.equal(await pause.getAttribute('aria-pressed'), 'true'));
  await pause.click();
  await eventually(async () => assert.equal((await site.get('/v1/state')).paused, false));
  await eventually(async () => assert.equal(await pause.getAttribute('aria-pressed'), 'false'));
  const before = (await site.get('/v1/state')).now_ms;
  await eventually(async () => assert.ok((await site.get('/v1/state')).now_ms > before));
});

test('clock: changes its speed', async ({ site, page }) => {
  await site.resume();
  await open(page, 'overview');
  const speeds = await act(page, 'speed').locator('option').evaluateAll((all) =>
    all.map((each) => each.value));
  assert.ok(speeds.length >= 3, `speeds: ${speeds}`);
  const other = speeds.find((each) => Number(each) !== 60000 && Number(each) > 0);
  await act(page, 'speed').selectOption(other);
  await eventually(async () =>
    assert.equal((await site.get('/v1/state')).speed_milli, Number(other)));
  await site.resume();
  await eventually(async () => assert.equal(await act(page, 'speed').inputValue(), '60000'));
});

test('clock: an instant that never was is the nearest that was', async ({ site, page }) => {
  const { from_ms } = await site.get('/v1/overview');
  await open(page, 'overview', '?at=99999999999999');
  await eventually(async () => assert.doesNotMatch(page.url(), /at=/));
  page.allow(/400/);
  await page.goto('/?at=1');
  await eventually(async () =>
    assert.equal(new URL(page.url()).searchParams.get('at'), String(from_ms)));
  await drawn(page, 'overview');
});

// The range input's own way: a value, and the events that a hand would cause.
function slideTo(locator, value) {
  return locator.evaluate((input, to) => {
    input.value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, value);
}

test('clock: goes back through the journal, and Live returns', async ({ site, page }) => {
  await site.pause();
  const now = await site.get('/v1/overview');
  await open(page, 'overview');
  await shows(page, 'accelerators.sold', now.figures.accelerators.sold);

  const scrub = act(page, 'scrub');
  const at = now.start_ms + Math.floor((now.now_ms - now.start_ms) / 2 / 60000) * 60000;
  await slideTo(scrub, at);
  await eventually(async () => assert.match(page.url(), /[?&]at=\d+/));
  const shown = Number(new URL(page.url()).searchParams.get('at'));
  const then = await site.get(`/v1/overview?at=${shown}`);
  assert.notDeepEqual(then.figures, now.figures, 'the past is another state');
  await shows(page, 'power.w', then.figures.power.w);
  await shows(page, 'accelerators.sold', then.figures.accelerators.sold);
  await shows(page, 'racks.in_service', then.figures.racks.in_service);

  await page.reload();
  await drawn(page, 'overview');
  await shows(page, 'power.w', then.figures.power.w);

  await act(page, 'live').click();
  await eventually(async () => assert.doesNotMatch(page.url(), /[?&]at=/));
  await shows(page, 'power.w', now.figures.power.w);
  await site.resume();
});

test('clock: nothing can be done to the past, and it says so', async ({ site, page }) => {
  await site.pause();
  const { now_ms } = await site.get('/v1/state');
  for (const [view, name, query] of [['floor', 'stop-floor', ''], ['air', 'ground-drones', ''],
    ['power', 'shed-load', '&node=feed-a']]) {
    await open(page, view, `?at=${now_ms - 3600000}${query}`);
    await act(page, name).waitFor();
    assert.equal(await act(page, name).getAttribute('aria-disabled'), 'true', name);
    await act(page, name).click({ force: true });
    assert.equal(await page.getByRole('dialog').count(), 0, `${name} asks for nothing`);
    assert.match(await page.locator('.act-line .why:visible').first().innerText(), /past/);
  }
  await site.resume();
});

test('clock: every view can show the past', async ({ site, page }) => {
  await site.pause();
  const at = (await site.get('/v1/state')).now_ms - 2 * 3600000;
  for (const view of VIEWS) {
    await open(page, view, `?at=${at}`);
    await page.locator('.banner.past').waitFor();
    assert.equal(await act(page, 'live').getAttribute('aria-pressed'), 'false', view);
    assert.equal(await page.locator('.empty', { hasText: 'cannot be shown' }).count(), 0, view);
  }
  await site.resume();
});
