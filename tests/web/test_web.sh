#!/bin/sh
# usage: test_web.sh ROOT WORK PLENUM [TEST]
#
# Looks at the dashboard of a running site in Chromium, driven by playwright-core, whose modules are
# kept in WORK. TEST: only tests whose name holds it. Exit code 77 (skipped) where there is no
# Chromium, no Node.js, no npm, or the modules cannot be had. CHROMIUM names another browser of its
# kind. Pictures of what failed are left in WORK/failed.
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
why=$("$root/tools/modules.sh" "$here" "$work") || skip "$why"
cd "$work" || exit 1
exec node "$here/main.js" "$root" "$plenum" ${4:+"$4"}
