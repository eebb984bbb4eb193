// Without a mouse: every control of every view can be reached, and is seen to be.
'use strict';

const { assert, test } = require('./harness');
const { VIEWS, act, drawn, journaled, open } = require('./dashboard');

// Whether what has the focus is marked, and on the screen. Of a row its cells are marked, of a
// slide what holds it.
function focusMark(page) {
  return page.evaluate(() => {
    const each = document.activeElement;
    if (!each || each === document.body) return null;
    const marked = (one) => {
      const style = one && getComputedStyle(one);
      return one && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) ||
        style.boxShadow !== 'none');
    };
    const box = each.getBoundingClientRect();
    return { what: each.outerHTML.slice(0, 120),
      marked: marked(each) || (each.matches('tr') && marked(each.firstElementChild)),
      seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight };
  });
}

for (const view of VIEWS) {
  test(`keyboard: ${view}`, async ({ site, page }) => {
    await site.pause();
    await open(page, view);
    const reached = new Set();
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab');
      const mark = await focusMark(page);
      if (!mark) break;
      assert.ok(mark.marked, `${view}: the focus is not seen on ${mark.what}`);
      assert.ok(mark.seen, `${view}: the focus is off the screen, on ${mark.what}`);
      reached.add(mark.what);
    }
    assert.ok(reached.size >= 8, `${view}: only ${reached.size} things can be reached`);
    await site.resume();
  });
}

test('keyboard: from view to view, and the clock', async ({ site, page }) => {
  await site.resume();
  await open(page, 'overview');
  for (const view of VIEWS.slice(1)) {
    await page.locator(`nav a[href^="/${view}"]`).first().focus();
    await page.keyboard.press('Enter');
    await drawn(page, view);
    assert.equal(await page.locator('nav a[aria-current=page]').count(), 1);
  }
  await act(page, 'pause').focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-act=pause][aria-pressed=true]').waitFor();
  await site.resume();
});

test('keyboard: grounds the drones by keys alone', async ({ site, page }) => {
  await site.resume(1000);
  const { seq } = await site.get('/v1/state');
  await open(page, 'air');
  await act(page, 'ground-drones').focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  for (let step = 0; step < 20; step++) {
    const name = await page.evaluate(() => document.activeElement.name ||
      (document.activeElement.dataset.slide !== undefined ? 'slide' : ''));
    if (name === 'actor') await page.keyboard.type('bessie');
    if (name === 'slide') break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('End');
  await dialog.waitFor({ state: 'hidden' });
  await journaled(site, seq, 'bessie');
  await site.post('/v1/drones/release', { actor: 'bessie' });
  await site.resume();
});
