// usage: node check.js ROOT   (with ajv and yaml in node_modules/ of the working folder)
//
// Judges site files by schema/site.schema.json with ajv: every example must pass, and every bad
// file of tests/model/bad whose first line says so must be refused. What the bad files have wrong
// beyond their structure no schema can see, so the others are only counted.
'use strict';

const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const here = createRequire(path.join(process.cwd(), 'index.js'));
const Ajv2020 = here('ajv/dist/2020');
const YAML = here('yaml');

const root = process.argv[2];
const MARK = '# the schema refuses this file too';

function siteFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.join(folder, entry.name);
      return entry.isDirectory() ? siteFiles(name) : name.endsWith('.yaml') ? [name] : [];
    });
}

// The first reason why the file is no site, or null.
function refusal(validate, text) {
  let site;
  try {
    site = YAML.parse(text, { version: '1.2', logLevel: 'error' });
  } catch (error) {
    return error.message;
  }
  if (validate(site)) return null;
  const error = validate.errors[0];
  return `${error.instancePath} ${error.message}`;
}

function main() {
  const schema = JSON.parse(fs.readFileSync(path.join(root, 'schema/site.schema.json'), 'utf8'));
  const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false })
    .compile(schema);
  const counts = { passed: 0, refused: 0, beyond: 0 };
  let failures = 0;

  for (const file of siteFiles(path.join(root, 'examples'))) {
    const reason = refusal(validate, fs.readFileSync(file, 'utf8'));
    if (reason === null) counts.passed++;
    else failures += console.log(`${file}: must pass, but: ${reason}`) === undefined;
  }
  for (const file of siteFiles(path.join(root, 'tests/model/bad'))) {
    const text = fs.readFileSync(file, 'utf8');
    const reason = refusal(validate, text);
    if (!text.startsWith(MARK)) counts.beyond += reason === null;
    else if (reason !== null) counts.refused++;
    else failures += console.log(`${file}: must be refused, but passes`) === undefined;
  }
  console.log(`${counts.passed} examples pass, ${counts.refused} bad files refused, ` +
              `${counts.beyond} bad in ways no schema sees`);
  return failures > 0 || counts.passed === 0 || counts.refused < 30 ? 1 : 0;
}

process.exitCode = main();
