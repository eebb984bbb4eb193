#!/bin/sh
# usage: test_web.sh ROOT WORK PLENUM [TEST]
#
# Looks at the dashboard of a running site in Chromium, driven by playwright-core. The modules are
# fetched once, by npm, into WORK, in the versions and with the checksums of package-lock.json.
# Exit code 77 (skipped) where there is no Chromium, no Node.js, no npm, or the modules cannot be had.
# CHROMIUM names another browser of its kind. Pictures of what failed are left in WORK/failed.
set -u
root=$1
work=$2
plenum=$3
here=$(cd "$(dirname "$0")" && pwd)

skip()
{
    echo "skipped: $1"
    exit 77
}

CHROMIUM=${CHROMIUM:-$(command -v chromium)} || skip "no Chromium (Debian: apt install chromium)"
export CHROMIUM
command -v node >/dev/null 2>&1 || skip "no Node.js (Debian: apt install nodejs npm)"
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' ||
    skip "Node.js older than 18"
mkdir -p "$work"
if ! cmp -s "$here/package-lock.json" "$work/fetched.json"; then
    command -v npm >/dev/null 2>&1 || skip "no npm (Debian: apt install npm)"
    cp "$here/package.json" "$here/package-lock.json" "$work/"
    (cd "$work" && timeout 120 npm ci --no-audit --no-fund --loglevel error </dev/null) ||
        skip "npm could not fetch the modules of tests/web/package.json"
    cp "$here/package-lock.json" "$work/fetched.json"
fi
cd "$work" || exit 1
exec node "$here/main.js" "$root" "$plenum" ${4:+"$4"}
