#!/bin/sh
# usage: fetch.sh PLENUM
#
# A hall whose robots break often and are fetched, run from several seeds: the audit finds nothing,
# a replay ends in the same state, and a run in two parts does too.
set -eu
plenum="${MESON_EXE_WRAPPER:-} $1"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# usage: site SEED
site()
{
    cat <<EOF
plenum: 1
name: fetch
seed: $1
start: 2026-01-05T00:00Z
catalogue:
  robots:
  - {name: tote, source: test, carries: tote, payload_g: 30000, speed_mm_s: 1500,
     battery_j: 4000000, move_j: 100, idle_w: 30, charge_w: 500, handling: 5s}
  - {name: carrier, source: test, carries: rack, fetches: true, payload_g: 1800000,
     speed_mm_s: 1000, battery_j: 9000000, move_j: 900, idle_w: 60, charge_w: 2000, handling: 30s}
power: [{name: feed, limit_w: 50000}]
halls: [{name: hall, size: [20, 12]}]
stations:
- {name: "s-{1..6}", cell: [19, 0], step: [0, 2]}
- {name: "w-{1..6}", cell: [0, 0], step: [0, 2]}
chargers: [{name: "c-{1..4}", cell: [4, 11], step: [3, 0], power_w: 2000, feeds: [feed]}]
repair_stations: [{name: "repair-{1..2}", cell: [9, 1], step: [2, 0]}]
areas:
- {name: lane, kind: fire-lane, from: [12, 3], to: [13, 9]}
- {name: aisle, from: [3, 4], to: [7, 6], closed: [{from: start+1h, until: start+90m, notice: 5m}]}
robots:
- {name: "carrier-{1..3}", model: carrier, cells: [[2, 2], [10, 6], [17, 9]]}
- {name: "tote-{1..12}", model: tote, area: {from: [5, 2], to: [16, 9], every: [3, 3]}}
world: {tote_every: 8s, robot_late_ppm: 20000, robot_late_steps_max: 5, robot_repair: 10m,
  robot_breakdown_ppm: 800000}
EOF
}

# usage: said NAME FILE: an integer of a report.
said()
{
    sed -n "s/.*\"$1\": *\"*\\([0-9a-f]*\\).*/\\1/p" "$2" | head -n 1
}

fail()
{
    echo "seed $seed: $1" >&2
    exit 1
}

for seed in 1 2; do
    site $seed >"$folder/site.yaml"
    rm -f "$folder"/*.journal*
    $plenum run "$folder/site.yaml" --until 2h --speed max --quiet \
        --journal "$folder/whole.journal" --report "$folder/whole.json"
    for until in 70m 2h; do
        $plenum run "$folder/site.yaml" --until $until --speed max --quiet \
            --journal "$folder/parts.journal" --report "$folder/parts.json"
    done
    fetched=$(said robots_fetched "$folder/whole.json")
    hash=$(said state_hash "$folder/whole.json")
    echo "seed $seed: $fetched fetched, state $hash"
    [ "$fetched" -ge 4 ] || fail "$fetched robots fetched, expected 4 and more"
    [ "$hash" = "$(said state_hash "$folder/parts.json")" ] || fail "in two parts it ends elsewhere"
    $plenum journal audit "$folder/whole.journal" || fail "the audit found something"
    $plenum journal replay "$folder/whole.journal" | grep -q "state $hash" ||
        fail "a replay ends elsewhere"
done
