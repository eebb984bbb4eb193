// Every view, in light and dark, on a laptop and on a phone: no serious fault that axe-core finds,
// and nothing to scroll sideways for.
'use strict';

const { assert, here, test } = require('./harness');
const { VIEWS, act, open } = require('./dashboard');

const axe = require('fs').readFileSync(here.resolve('axe-core/axe.min.js'), 'utf8');

// Contrast is by far the slowest to judge, and the same in every row of a long table.
const CONTRAST = { runOnly: ['color-contrast'] };
const BUT_CONTRAST = { rules: { 'color-contrast': { enabled: false } } };
const LONG = 'tbody tr:nth-child(n + 13)';

async function seriousFaults(page, rules) {
  // The page's own policy forbids scripts of others; the debugger's way in is not bound by it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(([exclude, options]) =>
    globalThis.axe.run({ include: [document], exclude }, options),
  [rules === CONTRAST ? [[LONG]] : [], { resultTypes: ['violations'], ...rules }]);
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
  { name: 'laptop, light', context: { ...LAPTOP, colorScheme: 'light' },
    rules: [CONTRAST, BUT_CONTRAST] },
  { name: 'laptop, dark', context: { ...LAPTOP, colorScheme: 'dark' },
    rules: [CONTRAST] },
  { name: 'phone, light', context: { ...PHONE, colorScheme: 'light' },
    rules: [BUT_CONTRAST] },
  { name: 'phone, dark', context: { ...PHONE, colorScheme: 'dark' },
    rules: [CONTRAST] },
];

for (const { name, context, rules } of SCREENS) {
  test(`looks: ${name}`, { context }, async ({ site, page }) => {
    await site.pause();
    for (const view of VIEWS) {
      await open(page, view, view === 'power' ? '?node=feed-a' : '');
      assert.deepEqual(await tooWide(page), [], `${view} is too wide`);
      for (const each of rules)
        assert.deepEqual(await seriousFaults(page, each), [], `${view} has faults`);
    }
    await site.resume();
  });
}

test('looks: the dialog of a dangerous act', { context: PHONE }, async ({ page }) => {
  await open(page, 'air');
  await act(page, 'ground-drones').click();
  await page.getByRole('dialog').locator('.verdict[data-level=good]').waitFor();
  assert.deepEqual(await tooWide(page), []);
  assert.deepEqual(await seriousFaults(page, CONTRAST), []);
  assert.deepEqual(await seriousFaults(page, BUT_CONTRAST), []);
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
