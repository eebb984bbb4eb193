#!/bin/sh
# usage: test_contract.sh ROOT WORK PLENUM
#
# Lets portman, a tester that is not ours, ask a running site every question of schema/openapi.yaml
# and hold each answer against it, and promtool judge /metrics. Modules are fetched once, by npm,
# into WORK, in the versions and with the checksums of package-lock.json.
# Exit code 77 (skipped) where there is no Node.js, no npm, or the modules cannot be had.
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

why=$("$root/tools/modules.sh" "$here" "$work") || skip "$why"
cd "$work" || exit 1
node "$here/contract.js" "$root" "$plenum"
