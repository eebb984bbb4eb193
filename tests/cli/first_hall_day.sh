#!/bin/sh
# usage: first_hall_day.sh PLENUM SITE
#
# A day of the example: every rack that was delivered in time ends in service, the independent
# audit finds nothing given twice, every byte of the journal is whole, a replay without planners
# and a run with other threads come to the same state.
set -eu
plenum=$1 site=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail()
{
    echo "FAILED: $1"
    exit 1
}

# The value of a key of the report (the first of that name).
value()
{
    sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" "$folder/day.json" | head -n 1
}

"$plenum" run "$site" --until 24h --speed max --quiet --journal "$folder/day.journal" \
    --report "$folder/day.json"
echo "in service $(value in_service), failed $(value failed)"
echo "sold $(value sold_percent_of_bound) % of the bound"
[ "$(value site_seconds)" = 86400 ] || fail "site_seconds is $(value site_seconds), expected 86400"
for state in ordered built shipped at_dock carried placed cabled powered tested failed; do
    [ "$(value "$state")" = 0 ] || fail "racks $state: $(value "$state"), expected 0"
done
[ "$(value in_service)" = 48 ] || fail "racks in service: $(value in_service), expected 48"

"$plenum" journal verify "$folder/day.journal" || fail "journal verify"
"$plenum" journal audit "$folder/day.journal" || fail "journal audit"
"$plenum" journal replay "$folder/day.journal" >"$folder/replay.txt" || fail "journal replay"
grep -q "$(value state_hash)" "$folder/replay.txt" ||
    fail "replay: $(cat "$folder/replay.txt"), expected $(value state_hash)"

"$plenum" run "$site" --until 24h --speed max --quiet --threads 3 \
    --journal "$folder/threads.journal" --report "$folder/threads.json"
grep -q "$(value state_hash)" "$folder/threads.json" || fail "another state with 3 threads"
echo "same state: $(value state_hash)"
