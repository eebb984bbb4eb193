// The server goes, and comes back.
'use strict';

const { assert, eventually, test } = require('./harness');
const { act, open, shows } = require('./dashboard');

test('link: tells when the server is lost, and goes on when it is back', async ({ site, page }) => {
  page.allow(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket|Failed to load resource|ERR_INCOMPLETE/);
  await open(page, 'overview');
  const lost = page.locator('[role=alert][data-link=lost]');
  assert.equal(await lost.isVisible(), false, 'nothing is lost yet');
  await site.stop();
  await lost.waitFor({ state: 'visible' });
  assert.match(await lost.innerText(), /\w/);
  await site.start();
  await lost.waitFor({ state: 'hidden' });
  await site.pause();
  const overview = await site.get('/v1/overview');
  await shows(page, 'power.w', overview.figures.power.w);
  await eventually(async () => {
    assert.equal(await act(page, 'pause').getAttribute('aria-pressed'), 'true');
  });
  await site.resume();
});
