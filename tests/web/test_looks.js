// Every view, in light and dark, on a laptop and on a phone: no serious fault that axe-core finds,
// and nothing to scroll sideways for.
'use strict';

const { assert, here, test } = require('./harness');
const { VIEWS, act, open } = require('./dashboard');

const axe = require('fs').readFileSync(here.resolve('axe-core/axe.min.js'), 'utf8');

// Colours have rules of their own, by far the slowest.
const CONTRAST = ['color-contrast'];

async function seriousFaults(page, rules) {
  // The page's own policy forbids scripts of others; the debugger's way in is not bound by it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options),
    { resultTypes: ['violations'], ...rules });
  return violations.filter((each) => ['serious', 'critical'].includes(each.impact))
    .flatMap((each) => each.nodes.map((node) =>
      `${each.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`));
}

// What sticks out to the right of the window, where the page can be scrolled to it.
function tooWide(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((each) => each.getBoundingClientRect().right > width + 1)
      .map((each) => `${each.tagName}.${each.className} to ${each.getBoundingClientRect().right}`)
      .slice(0, 5).concat(`the page is ${document.documentElement.scrollWidth} wide`);
  });
}

const LAPTOP = { viewport: { width: 1280, height: 720 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true,
  deviceScaleFactor: 2 };

const SCREENS = [
  { name: 'laptop, light', context: { ...LAPTOP, colorScheme: 'light' }, rules: {} },
  { name: 'laptop, dark', context: { ...LAPTOP, colorScheme: 'dark' },
    rules: { runOnly: CONTRAST } },
  { name: 'phone, light', context: { ...PHONE, colorScheme: 'light' },
    rules: { rules: { 'color-contrast': { enabled: false } } } },
  { name: 'phone, dark', context: { ...PHONE, colorScheme: 'dark' },
    rules: { runOnly: CONTRAST } },
];

for (const { name, context, rules } of SCREENS) {
  test(`looks: ${name}`, { context }, async ({ site, page }) => {
    await site.pause();
    for (const view of VIEWS) {
      await open(page, view, view === 'power' ? '?node=feed-a' : '');
      assert.deepEqual(await tooWide(page), [], `${view} is too wide`);
      assert.deepEqual(await seriousFaults(page, rules), [], `${view} has faults`);
    }
    await site.resume();
  });
}

test('looks: the dialog of a dangerous act', { context: PHONE }, async ({ page }) => {
  await open(page, 'air');
  await act(page, 'ground-drones').click();
  await page.getByRole('dialog').locator('.verdict[data-level=good]').waitFor();
  assert.deepEqual(await tooWide(page), []);
  assert.deepEqual(await seriousFaults(page, {}), []);
});

test('looks: the theme that was chosen stays', async ({ page }) => {
  await open(page, 'overview');
  const ground = () => page.evaluate(() => getComputedStyle(document.body.parentElement)
    .backgroundColor);
  const light = await ground();
  await act(page, 'theme').click();
  assert.notEqual(await ground(), light);
  const dark = await ground();
  await page.reload();
  assert.equal(await ground(), dark);
});
