// usage: node picture.js ROOT PLENUM OUTPUT.webp
//
// Takes the picture of the README: the first hall after 15 hours, its clock standing still, so that
// the picture is the same for the same site and the same program.
'use strict';

const fs = require('fs');
const { launch, openPage } = require('./harness');
const { Site } = require('./site');
const { open } = require('./dashboard');

const VIEW = 'overview';
const SCREEN = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5,
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

async function take(browser, site) {
  const page = await openPage(browser, site, SCREEN);
  await site.pause();
  await open(page, VIEW);
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
    site.prepare('15h');
    await site.start('1');
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
