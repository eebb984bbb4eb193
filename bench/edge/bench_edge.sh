#!/bin/sh
# usage: bench_edge.sh PLENUM SITE LOAD BARE [REQUESTS]
#
# The server of a running site under load, on one machine: requests a second and p99 by wrk, with
# libwebsockets alone beside it as the bound; watchers at 10 Hz; half-open connections; and the
# memory before and after REQUESTS requests (1000000). Until then the site goes on at 60 times life.
# wrk takes a part of the processor too: on two cores the figures are of both.
set -u
plenum=$1 site=$2 load=$3 bare=$4 requests=${5:-1000000}
seconds=4
place=$(mktemp -d)
pid=
bare_pid=
trap 'kill $pid $bare_pid 2>/dev/null; rm -rf "$place"' EXIT
command -v wrk >/dev/null 2>&1 || {
    echo "skipped: no wrk (Debian: apt install wrk)"
    exit 77
}

"$plenum" run "$site" --journal "$place/journal" --until 12h --speed max --quiet --no-listen ||
    exit 1
"$plenum" run "$site" --journal "$place/journal" --listen 127.0.0.1:0 --speed 60 \
    >/dev/null 2>"$place/said" &
pid=$!
port=
for _ in $(seq 100); do
    port=$(sed -n 's|^plenum: http://127.0.0.1:\([0-9]*\)/$|\1|p' "$place/said")
    [ -z "$port" ] || break
    sleep 0.1
done
[ -n "$port" ] || { cat "$place/said"; exit 1; }
bare_port=$((port + 1))
"$bare" $bare_port >"$place/bare" &
bare_pid=$!
for _ in $(seq 100); do
    [ ! -s "$place/bare" ] || break
    sleep 0.1
done

# usage: measure NAME URL [BODY]: a line of the table.
measure()
{
    name=$1 url=$2
    : >"$place/script.lua"
    [ -z "${3:-}" ] || cat >"$place/script.lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '$3'
LUA
    wrk -t1 -c16 -d${seconds}s --latency -s "$place/script.lua" "$url" >"$place/wrk"
    awk -v name="$name" '
        /Requests\/sec/ { rate = $2 }
        $1 == "99%" { p99 = $2 }
        /Non-2xx/ { bad = "  not 2xx: " $NF }
        /Socket errors/ { bad = bad "  " $0 }
        END { printf "%-34s %9.0f requests/s  p99 %s%s\n", name, rate, p99, bad }' "$place/wrk"
}

memory()
{
    awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"
}

at=http://127.0.0.1:$port
ask='{"accelerators":64,"duration_ms":259200000}'
reserve='{"accelerators":1,"duration_ms":3600000,"tenant":0,"actor":"bench"}'
measure "libwebsockets alone" "http://127.0.0.1:$bare_port/"
measure "GET /healthz" $at/healthz
measure "GET /v1/state" $at/v1/state
measure "GET /v1/overview" $at/v1/overview
measure "GET /v1/racks (48)" $at/v1/racks
measure "POST /v1/capacity/offers" $at/v1/capacity/offers "$ask"
measure "POST reservations?dry_run=true" "$at/v1/capacity/reservations?dry_run=true" "$reserve"
measure "POST /v1/capacity/reservations" $at/v1/capacity/reservations "$reserve"
"$load" watch $port 200 10 5 $pid
"$load" half $port 500

# The clock stands, so that the memory is of requests and not of what the site does meanwhile.
# Sixteen requests at once, for speed; the first run says how long so many take.
"$plenum" clock pause --server $at >"$place/paused" || cat "$place/paused"
cat >"$place/many.lua" <<'LUA'
init = function()
  local all = {}
  for i = 1, 16 do all[i] = wrk.format(nil, i % 2 == 0 and "/v1/state" or "/v1/overview") end
  many = table.concat(all)
end
request = function() return many end
LUA
wrk -t1 -c16 -d${seconds}s -s "$place/many.lua" $at >"$place/wrk"
rate=$(awk '/Requests\/sec/ { print int($2) }' "$place/wrk")
before=$(memory)
wrk -t1 -c16 -d$((requests / rate + 1))s -s "$place/many.lua" $at >"$place/wrk"
done_requests=$(awk '/ requests in / { print $1 }' "$place/wrk")
echo "memory $before KiB, after $done_requests requests more $(memory) KiB"
