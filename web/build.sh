#!/bin/sh
# usage: web/build.sh OUTPUT.c DEPFILE CACHE
#
# Builds the dashboard into OUTPUT.c, and writes to DEPFILE what it was made of. Modules are fetched
# by npm into CACHE, which all builds share, when package-lock.json is not the one they were fetched
# for; otherwise npm is not asked.
# Where there is no Node.js, no npm or no way to the modules, OUTPUT.c has no files but the reason,
# which the server tells at `/`; the next build tries again. A mistake in the dashboard's own
# sources fails the build.
set -eu
output=$1
depfile=$2
mkdir -p "$3"
cache=$(cd "$3" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

without()
{
    echo "plenum: building without the dashboard: $1" >&2
    cat >"$output" <<END
#include "edge/http/web_files.h"
const struct web_file web_files[] = {{0}};
const size_t web_file_count = 0;
const char *const web_missing = "$1";
END
    # What is not there is out of date for ever, so that the next build comes here again.
    echo "$output: $cache/never" >"$depfile"
    exit 0
}

command -v node >/dev/null 2>&1 || without "there was no Node.js (Debian: apt install npm)"
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' ||
    without "Node.js was older than 18"

# One build at a time fetches; the others wait for it.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$cache/lock"
    flock 9
fi
if ! cmp -s "$here/package-lock.json" "$cache/fetched.json"; then
    command -v npm >/dev/null 2>&1 || without "there was no npm (Debian: apt install npm)"
    rm -f "$cache/fetched.json"
    cp "$here/package.json" "$here/package-lock.json" "$cache/"
    (cd "$cache" && timeout 120 npm ci --ignore-scripts --prefer-offline --no-audit --no-fund \
        --fetch-retries 1 --loglevel error </dev/null >npm.log 2>&1) ||
        without "npm could not fetch the modules of web/package.json"
    cp "$here/package-lock.json" "$cache/fetched.json"
fi
exec node "$here/build.cjs" "$output" "$depfile" "$cache"
