// Every view, in light and dark, on a laptop and on a phone: no serious fault that axe-core finds,
// and nothing to scroll sideways for.
'use strict';

const { assert, here, test } = require('./harness');
const { VIEWS, open } = require('./dashboard');

const axe = require('fs').readFileSync(here.resolve('axe-core/axe.min.js'), 'utf8');

async function seriousFaults(page) {
  // The page's own policy forbids scripts of others; the debugger's way in is not bound by it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    resultTypes: ['violations'] }));
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

const SCREENS = {
  laptop: { viewport: { width: 1280, height: 720 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true,
    deviceScaleFactor: 2 },
};

for (const [screen, context] of Object.entries(SCREENS)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`looks: ${screen}, ${colorScheme}`, { context: { ...context, colorScheme } },
      async ({ page }) => {
        for (const view of VIEWS) {
          await open(page, view);
          assert.deepEqual(await tooWide(page), [], `${view} is too wide`);
          assert.deepEqual(await seriousFaults(page), [], `${view} has faults`);
        }
      });
  }
}
