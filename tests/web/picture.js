// usage: node picture.js ROOT PLENUM OUTPUT.webp
//
// Takes the picture of the README: the first hall as it fills, at the first instant from AFTER_MS
// on at which there is something to be told. The clock stands still meanwhile.
'use strict';

const fs = require('fs');
const { assert, eventually, launch, openPage } = require('./harness');
const { Site } = require('./site');
const { open } = require('./dashboard');

const VIEW = 'overview';
const AFTER_MS = 11.5 * 3600000;
const SCREEN = { viewport: { width: 1280, height: 690 }, deviceScaleFactor: 1.5,
  colorScheme: 'light' };
const QUALITY = 0.86;

// The browser writes WebP, which is a third of the PNG.
function asWebp(page, png) {
  return page.evaluate(async ([data, quality]) => {
    const image = new Image();
    image.src = data;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', quality);
  }, [`data:image/png;base64,${png.toString('base64')}`, QUALITY]);
}

async function atThatInstant(site) {
  await eventually(async () => {
    const { now_ms, start_ms, alarms } = await site.get('/v1/overview');
    assert.ok(now_ms - start_ms >= AFTER_MS && alarms.length > 0);
  }, 300000);
  await site.pause();
}

async function take(browser, site) {
  await atThatInstant(site);
  const page = await openPage(browser, site, SCREEN);
  await open(page, VIEW);
  await page.locator('.series canvas').first().waitFor();
  const png = await page.screenshot();
  const blank = await browser.newPage();
  const data = await asWebp(blank, png);
  return Buffer.from(data.split(',')[1], 'base64');
}

async function main() {
  const [, , root, plenum, output] = process.argv;
  const site = new Site(root, plenum);
  const browser = await launch();
  try {
    await site.start('max');
    fs.writeFileSync(output, await take(browser, site));
    console.log(`${output}: ${fs.statSync(output).size} bytes`);
  } finally {
    await browser.close();
    await site.finish();
  }
}

main().catch((error) => {
  console.error(error.stack || error);
  process.exitCode = 1;
});
