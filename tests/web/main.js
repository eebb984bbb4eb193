// usage: node main.js ROOT PLENUM [TEST]   (modules in node_modules/ of the working folder)
//
// Runs a site, and looks at its dashboard in a browser. TEST: only tests whose name holds it.
// Exit code 77 (skipped) where the program was built without the dashboard.
'use strict';

const { runAll } = require('./harness');
const { Site } = require('./site');

require('./test_views');
require('./test_clock');
require('./test_capacity');
require('./test_acts');
require('./test_keyboard');
require('./test_maps');
require('./test_looks');
require('./test_link');

async function main() {
  const [, , root, plenum, only] = process.argv;
  const site = new Site(root, plenum);
  try {
    site.prepare();
    await site.start();
    const page = await fetch(`${site.base}/`);
    if (page.status === 503) {
      console.log('skipped: the program was built without the dashboard');
      return 77;
    }
    return (await runAll(site, only)) > 0 ? 1 : 0;
  } finally {
    await site.finish();
  }
}

main().then((code) => { process.exitCode = code; }, (error) => {
  console.log(error.stack || error);
  process.exitCode = 1;
});
