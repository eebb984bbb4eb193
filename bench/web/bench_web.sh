#!/bin/sh
# usage: bench_web.sh ROOT WORK FRAMES
#
# How fast the floor's map draws, in Chromium without a graphics card: a table of pictures a second
# with 1,000, 100,000 and 1,000,000 robots. FRAMES is the program bench_edge_frame, whose frames
# come from the server's own encoder over a made floor. Modules are kept in WORK, as by
# tests/web/test_web.sh. Exit code 77 (skipped) where there is no Chromium, Node.js or npm.
set -u
root=$1
work=$2
frames=$3

skip()
{
    echo "skipped: $1"
    exit 77
}

CHROMIUM=${CHROMIUM:-$(command -v chromium)} || skip "no Chromium (Debian: apt install chromium)"
export CHROMIUM
why=$("$root/tools/modules.sh" "$root/tests/web" "$work") || skip "$why"
cd "$work" || exit 1
exec node "$root/bench/web/bench_web.js" "$root" "$frames"
