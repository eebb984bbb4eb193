#!/bin/sh
# usage: journal.sh PLENUM SITE
#
# A short run's journal is whole, counts, replays to the state that the run reported, and shows no
# violation; with one bit changed it is refused and the page is named; other files are refused.
set -u
plenum="${MESON_EXE_WRAPPER:-} $1"
site=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
file=$place/run.journal
failed=0

# usage: expect EXIT TEXT COMMAND...: the exit code, and a text somewhere in what is said.
expect()
{
    code=$1 text=$2
    shift 2
    $plenum journal "$@" >"$place/said" 2>&1
    found=$?
    [ $found = "$code" ] && grep -q -e "$text" "$place/said" && return
    echo "journal $*: exit $found, expected $code and '$text' in:"
    head -5 "$place/said"
    failed=1
}

$plenum run "$site" --speed max --quiet --until 20m --journal "$file" --report "$place/report" ||
    failed=1
hash=$(sed -n 's/.*"state_hash": *"\([0-9a-f]*\)".*/\1/p' "$place/report")

expect 0 ': whole' verify "$file"
expect 0 '"whole": true' verify --fast --json "$file"
expect 0 "state ${hash:-none}" replay "$file"
expect 0 "\"state_hash\": \"${hash:-none}\"" replay --json "$file"
expect 0 '^1 rows, 2026-01-05T00:00Z' replay --until 1 "$file"
expect 2 "found 'soon'" replay --until soon "$file"
expect 0 'robot.step *1200$' stat "$file"
expect 0 '"robot.step": 1200' stat --json "$file"
expect 0 ' 0 violations' audit "$file"
expect 0 '"violations": 0' audit --json "$file"
expect 0 '^1 2026-01-05T00:00Z genesis ' show "$file"
expect 0 '"kind":"robot.step"' show --json --kind robot.step --to 2026-01-05T00:00:02Z "$file"
expect 2 "found kind 'robot.dance'" show --kind robot.dance "$file"

printf 'x' | dd of="$file" bs=1 seek=50000 conv=notrunc 2>/dev/null
expect 1 'page 13: its checksum does not hold (bytes 49152 to 53247)' verify "$file"
expect 1 'page 13 (bytes 49152 to 53247)' audit "$file"
: >"$place/empty"
expect 2 'found an empty file' verify "$place/empty"
expect 2 'a file of another program' show "$site"
expect 1 'no such file' stat "$place/none"
exit $failed
