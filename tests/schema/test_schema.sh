#!/bin/sh
# usage: test_schema.sh ROOT WORK [PLENUM]
#
# Judges the site files under ROOT by the schema with ajv, a validator that is not ours, and where
# PLENUM is given what it answers over HTTP by schema/openapi.yaml. The modules are fetched once, by
# npm, into WORK, in the versions and with the checksums of package-lock.json.
# Exit code 77 (skipped) where there is no Node.js, no npm, or the modules cannot be had.
set -u
root=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)

skip()
{
    echo "skipped: $1"
    exit 77
}

command -v node >/dev/null 2>&1 || skip "no Node.js (Debian: apt install nodejs npm)"
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' ||
    skip "Node.js older than 18"
mkdir -p "$work"
if ! cmp -s "$here/package-lock.json" "$work/fetched.json"; then
    command -v npm >/dev/null 2>&1 || skip "no npm (Debian: apt install npm)"
    cp "$here/package.json" "$here/package-lock.json" "$work/"
    (cd "$work" && timeout 120 npm ci --no-audit --no-fund --loglevel error </dev/null) ||
        skip "npm could not fetch the modules of tests/schema/package.json"
    cp "$here/package-lock.json" "$work/fetched.json"
fi
cd "$work" || exit 1
node "$here/check.js" "$root" || exit 1
[ -z "${3:-}" ] || node "$here/check_api.js" "$root" "$3"
