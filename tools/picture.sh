#!/bin/sh
# usage: tools/picture.sh
#
# Makes docs/dashboard.webp, the picture in the README, again: the example in its first day, as
# its dashboard shows it. Needs what tests/web needs: Chromium, Node.js and npm.
set -eu
cd "$(dirname "$0")/.."
CHROMIUM=${CHROMIUM:-$(command -v chromium)} || {
    echo "no Chromium (Debian: apt install chromium)" >&2
    exit 1
}
export CHROMIUM
work=build/tests/web/modules
why=$(tools/modules.sh tests/web "$work") || { echo "$why" >&2; exit 1; }
root=$PWD
cd "$work"
node "$root/tests/web/picture.js" "$root" "$root/build/plenum" "$root/docs/dashboard.webp"
