#!/bin/sh
# usage: tools/modules.sh FOLDER WORK
#
# Fetches the modules of FOLDER/package-lock.json by npm into WORK/node_modules, once for each
# package-lock.json, in its versions and with its checksums. Nothing of them is run. Where they
# cannot be had it prints the reason, as one line, and ends with exit code 1.
set -u
from=$1
work=$2

without()
{
    echo "$1"
    exit 1
}

command -v node >/dev/null 2>&1 || without "no Node.js (Debian: apt install npm)"
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' ||
    without "Node.js older than 18"
mkdir -p "$work"
# One fetches; the others wait for it.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$work/lock"
    flock 9
fi
cmp -s "$from/package-lock.json" "$work/fetched.json" && exit 0
command -v npm >/dev/null 2>&1 || without "no npm (Debian: apt install npm)"
rm -f "$work/fetched.json"
cp "$from/package.json" "$from/package-lock.json" "$work/"
(cd "$work" && timeout 200 npm ci --ignore-scripts --prefer-offline --no-audit --no-fund \
    --fetch-retries 1 --loglevel error </dev/null >npm.log 2>&1) ||
    without "npm could not fetch the modules of ${from##*/}/package.json"
cp "$from/package-lock.json" "$work/fetched.json"
