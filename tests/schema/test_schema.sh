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

why=$("$root/tools/modules.sh" "$here" "$work") || skip "$why"
cd "$work" || exit 1
node "$here/check.js" "$root" || exit 1
[ -z "${3:-}" ] || node "$here/check_api.js" "$root" "$3"
