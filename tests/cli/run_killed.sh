#!/bin/sh
# usage: run_killed.sh PLENUM SITE UNTIL KILLS
#
# A run that is killed with SIGKILL at KILLS random moments, and started again each time, must end
# in the state hash of a run that was not, and no row that stood in the journal after a kill may be
# missing at the end. SEED picks the moments; it is printed.
set -eu
plenum=$1 site=$2 until=$3 kills=$4
seed=${SEED:-$$}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

hash_of()
{
    sed -n 's/.*"state_hash": "\([0-9a-f]*\)".*/\1/p' "$1"
}

began=$(date +%s%N)
"$plenum" run "$site" --until "$until" --speed max --quiet --journal "$folder/whole.journal" \
    --report "$folder/whole.json"
whole_ms=$((($(date +%s%N) - began) / 1000000))
echo "seed $seed; unbroken: $whole_ms ms, $(hash_of "$folder/whole.json")"

killed=0
rows=0
while [ "$killed" -lt "$kills" ]; do
    "$plenum" run "$site" --until "$until" --speed max --quiet --journal "$folder/cut.journal" &
    pid=$!
    # A moment within 1.6 times the share of the run between two kills.
    wait_ms=$(awk -v seed="$seed$killed" -v ms="$whole_ms" -v kills="$kills" \
        'BEGIN { srand(seed); printf "%.3f", (20 + rand() * 1.6 * ms / kills) / 1000 }')
    sleep "$wait_ms"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    killed=$((killed + 1))
    if [ -s "$folder/cut.journal" ]; then
        now=$("$plenum" journal stat "$folder/cut.journal" --json |
            sed -n 's/.*"rows": *\([0-9]*\).*/\1/p')
        if [ "${now:-0}" -lt "$rows" ]; then
            echo "after kill $killed: $now rows, there were $rows"
            exit 1
        fi
        rows=${now:-0}
    fi
done
echo "killed $killed times; $rows rows stood after the last"

"$plenum" run "$site" --until "$until" --speed max --quiet --journal "$folder/cut.journal" \
    --report "$folder/cut.json"
"$plenum" journal verify "$folder/cut.journal" >/dev/null
if [ "$(hash_of "$folder/whole.json")" != "$(hash_of "$folder/cut.json")" ]; then
    echo "unbroken: $(hash_of "$folder/whole.json"); killed: $(hash_of "$folder/cut.json")"
    exit 1
fi
echo "same state hash"
