#!/bin/sh
# usage: lines.sh PLENUM ROOT
#
# The command lines that alarms and the dashboard name are lines that the program knows.
set -u
plenum=$1
place=$(mktemp)
trap 'rm -f "$place"' EXIT
failed=0
grep -rhoE "[\"'\`]plenum [a-z]+( [a-z]+)?" "$2/src/edge/alarms.c" "$2/web/src" | cut -c9- |
    sort -u >"$place"
[ "$(wc -l <"$place")" -ge 8 ] || { echo "too few are found:"; cat "$place"; failed=1; }
while read -r words; do
    # The words of a line are its arguments.
    $plenum $words --help >/dev/null 2>&1 </dev/null ||
        { echo "plenum $words: is named, but there is none"; failed=1; }
done <"$place"
exit $failed
