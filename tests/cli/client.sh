#!/bin/sh
# usage: client.sh PLENUM SITE
#
# The command line as client of a site that runs: what it shows is what the server says, acts stand
# in the journal with who did them, and events that are followed are each told once, in order,
# although the site is killed in between.
set -u
plenum=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
site=$2
place=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -KILL $pid 2>/dev/null; rm -rf "$place"' EXIT
unset PLENUM_SERVER PLENUM_TOKEN NO_COLOR
failed=0

fail()
{
    echo "FAILED: $1"
    failed=1
}

# usage: start ADDRESS:PORT [OPTION...]: runs the site there, and waits until it serves.
start()
{
    address=$1
    shift
    : >"$place/run.err"
    "$plenum" run "$site" --journal "$place/site" --listen "$address" "$@" \
        >/dev/null 2>"$place/run.err" &
    pid=$!
    url=
    for _ in $(seq 200); do
        url=$(sed -n 's|^plenum: \(http.*\)/$|\1|p' "$place/run.err")
        [ -z "$url" ] || break
        sleep 0.1
    done
    [ -n "$url" ] || { fail "it does not serve: $(cat "$place/run.err")"; exit 1; }
    export PLENUM_SERVER="$url"
}

# usage: expect EXIT TEXT WORD...: the exit code, and a text somewhere in what is said.
expect()
{
    code=$1 text=$2
    shift 2
    "$plenum" "$@" >"$place/said" 2>&1
    found=$?
    [ $found = "$code" ] && grep -q -e "$text" "$place/said" && return
    fail "plenum $*: exit $found, expected $code and '$text' in:"
    head -5 "$place/said"
}

# The lines of a table, without its titles.
rows()
{
    "$plenum" "$@" | sed 1d
}

start 127.0.0.1:0 --speed 30

# --- reading ---
expect 0 '^racks  *48 ' status
expect 0 '"headroom_feed_lost_w": ' status --json
expect 0 'alarm' alarm ls
[ "$(rows rack ls | wc -l)" = 48 ] || fail "rack ls: $(rows rack ls | wc -l) rows, expected 48"
[ "$(rows robot ls | wc -l)" = 206 ] || fail "robot ls: not all 206"
[ "$(rows robot ls --limit 7 | wc -l)" = 7 ] || fail "robot ls --limit 7"
[ "$("$plenum" rack ls --json | grep -c '"position"')" = 48 ] || fail "rack ls --json"
[ "$("$plenum" rack ls | sed -n '1s/ .*//p')" = ID ] || fail "rack ls: no titles"
name=$(rows rack ls --limit 1 | awk '{ print $2 }')
expect 0 "^name  *$name" rack show "$name"
expect 0 "^name  *$name" rack show 0
expect 1 "there is no rack '${name}x'; did you mean '$name'?" rack show "${name}x"
expect 1 'there is no rack "999"' rack show 999
expect 0 'feed-a' power ls
expect 0 'COOLING ZONE' power ls
expect 0 '"with_lost"' power ls --json
expect 0 'drone-1' drone ls
expect 0 'ID ' flight ls
expect 0 'ID ' job ls
expect 0 'ID ' task ls
expect 1 "there is no job 'none'" job show none
expect 2 "found 'bussy', expected one of idle" robot ls --state bussy

# --- the clock ---
expect 0 '^paused, speed 30x$' clock pause
expect 0 'paused' status
task=$(rows task ls --limit 1 | awk '{ print $1 }')
expect 0 "^id  *$task\$" task show "$task"
seq_of()
{
    "$plenum" status --json | sed -n 's/^  "seq": \([0-9]*\).*/\1/p'
}
# The site's clock, in seconds.
now_of()
{
    date -u -d "$("$plenum" clock | sed 's/,.*//')" +%s
}
# usage: step N: lets the site take so many steps of a second, and waits until it has.
step()
{
    after=$(($(now_of) + $1))
    expect 0 'paused' clock step "$1"
    for _ in $(seq 100); do
        [ "$(now_of)" -lt $after ] || return
        sleep 0.1
    done
    fail "clock step $1: it is $(now_of), expected $after"
}
step 5

# --- acts ---
expect 0 'the ledger would take it' floor stop --dry-run
expect 0 '^taken, as row' floor stop --actor ada --reason drill
expect 0 'ada: drill taken' events --no-ticks
expect 0 'floor resume' alarm ls
expect 0 'floor-stopped' alarm ls --json
expect 0 '^taken, as row' floor resume --actor ada
expect 0 'the ledger would take it' floor close aisle-north --dry-run
expect 0 '^taken, as row' floor close aisle-north --until 2026-01-05T20:00Z --reason spill
expect 0 'aisle-north  *aisle  *clos' floor areas
expect 0 '^taken, as row' floor open aisle-north
expect 1 'no area "aisle-9"' floor open aisle-9
expect 2 'expected an area' floor close a:b
expect 0 '^taken, as row' drone ground
expect 1 'refused by the ledger' drone ground
expect 0 '^taken, as row' drone release
expect 0 'feed-a may carry 1,900.0 kW, .* from .*; taken' power limit feed-a 1.9MW --actor ada
step 70
expect 0 ' 1,900.0 kW ' power ls
expect 2 'the server says: node: expected' power limit no-such-node 1kW


# --- as it was ---
expect 0 '^2026-01-05T00:00:01Z' status --at 2026-01-05T00:00:01Z
[ "$(rows rack ls --at 2026-01-05T00:00:01Z | wc -l)" = 48 ] || fail "rack ls --at"
expect 0 'feed-a .* 2,000.0 kW  *2,000.0 kW' power ls --at 2026-01-05T00:00:01Z
expect 2 'the server says: at: ' status --at 2020-01-01T00:00Z

# --- capacity ---
expect 0 'why not sooner:' capacity offer --accelerators 64 --for 72h
expect 2 'the server says' capacity offer --accelerators 0 --for 0h
expect 0 'JOB ' capacity queue
expect 0 'PRICE AN HOUR' capacity prices
expect 2 'tenant: expected' capacity reserve --accelerators 8 --for 1h

# --- events, while the site is killed and comes back ---
expect 0 'speed 30x' clock resume
end=$(seq_of)
[ "$("$plenum" events --since 0 --limit 50 --json | wc -l)" = 50 ] || fail "events --limit 50"
expect 0 "^1 2026-01-05T00:00Z genesis" events --since 0 --limit 1
"$plenum" events --follow --since 0 >"$place/rows" 2>"$place/events.err" &
follower=$!
sleep 1.5
kill -KILL $pid
wait $pid 2>/dev/null
sleep 0.5
start "${url#http://}" --speed 30
for _ in $(seq 100); do
    [ "$(wc -l <"$place/rows")" -lt $((end + 200)) ] || break
    sleep 0.1
done
kill -INT $follower
wait $follower
[ $? = 0 ] || fail "events --follow: ended with an error: $(cat "$place/events.err")"
grep -q 'going on after row' "$place/events.err" || fail "events: the lost connection is not told"
awk -v least=$((end + 200)) '
    $1 != NR { print "row " $1 " after row " NR - 1; exit 1 }
    END { if (NR < least) { print NR " rows, expected " least; exit 1 } }' "$place/rows" ||
    fail "events --follow: rows are missing or come twice"

# --- terminals ---
if command -v script >/dev/null 2>&1; then
    screen()
    {
        script -qec "stty cols 40 rows 24; $1 '$plenum' robot ls" /dev/null </dev/null | tr -d '\r'
    }
    esc=$(printf '\033')
    screen 'TERM=xterm' >"$place/screen"
    [ "$(wc -l <"$place/screen")" = 207 ] || fail "a terminal: $(wc -l <"$place/screen") lines"
    sed "s/$esc\[[0-9]*m//g" "$place/screen" | awk 'length > 40 { exit 1 }' ||
        fail 'a line of more than 40 columns'
    grep -q "$esc" "$place/screen" || fail 'no colour in a terminal'
    ! screen 'TERM=xterm NO_COLOR=1' | grep -q "$esc" || fail 'colour in spite of NO_COLOR'
    ! screen 'TERM=dumb' | grep -q "$esc" || fail 'colour in a dumb terminal'
fi
! "$plenum" robot ls | grep -q "$(printf '\033')" || fail 'colour in a pipe'

# --- tokens ---
kill -INT $pid
wait $pid 2>/dev/null
echo 'a token of 16 bytes' >"$place/spaces"
echo 'a-token-of-enough-bytes' >"$place/token"
echo 'a-token-of-other-people' >"$place/wrong"
start 127.0.0.1:0 --speed 30 --token-file "$place/token"
expect 1 'wants a token: give --token-file FILE' status
expect 1 'does not take this token' status --token-file "$place/wrong"
expect 2 'a character that a header cannot have' status --token-file "$place/spaces"
expect 0 '^racks ' status --token-file "$place/token"
PLENUM_TOKEN=a-token-of-enough-bytes expect 0 '^racks ' status
kill -INT $pid
wait $pid 2>/dev/null

# --- TLS ---
if command -v openssl >/dev/null 2>&1; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$place/key.pem" -out "$place/cert.pem" \
        2>/dev/null
    start 127.0.0.1:0 --tls-cert "$place/cert.pem" --tls-key "$place/key.pem"
    expect 1 'its certificate is not trusted.*--ca-file FILE names who signed it' status
    expect 0 '^racks ' status --ca-file "$place/cert.pem"
    expect 0 '^1 2026-01-05T00:00Z genesis' events --since 0 --limit 1 --ca-file "$place/cert.pem"
    kill -INT $pid
    wait $pid 2>/dev/null
fi
pid=
expect 1 'cannot be reached.*Is a site running' status
exit $failed
