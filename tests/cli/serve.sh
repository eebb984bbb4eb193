#!/bin/sh
# usage: serve.sh PLENUM SITE
#
# Where `plenum run` serves: by default, elsewhere, nowhere, and over TLS with a certificate that is
# made here. Needs openssl; skips, and says so, without it.
set -u
plenum=$1
site=$2
failures=0
patience=10
place=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null; done; rm -rf "$place"' EXIT

fail()
{
    echo "FAIL: $1"
    failures=$((failures + 1))
}

# usage: start NAME [OPTION...]: runs the site, and waits until it says where it serves, or that
# nobody is served. What it says is in $place/NAME.err, its port in $port.
start()
{
    name=$1
    shift
    : >"$place/$name.err"
    "$plenum" run "$site" --journal "$place/$name" --speed 1 "$@" >/dev/null 2>"$place/$name.err" &
    pids="$pids $!"
    for _ in $(seq 200); do
        ! grep -q '^plenum: http\|^nobody is served' "$place/$name.err" || break
        sleep 0.1
    done
    port=$(sed -n 's|^plenum: https*://127.0.0.1:\([0-9]*\)/$|\1|p' "$place/$name.err")
}

# usage: says NAME TEXT: whether that run has said so.
says()
{
    grep -q "$2" "$place/$1.err" || fail "$1: no \"$2\" in: $(cat "$place/$1.err")"
}

# usage: ask OPTION...: what the server at $port answers over TLS to what comes in.
ask()
{
    timeout "$patience" openssl s_client -quiet -verify_quiet -connect "127.0.0.1:$port" \
        -CAfile "$place/cert.pem" -verify_return_error -verify_hostname localhost "$@" 2>&1
}

# --- where -----------------------------------------------------------------------------------

# Two cannot have it; whatever else runs here may have it instead of either.
start first
start second
cat "$place/first.err" "$place/second.err" >"$place/both.err"
says both '^nobody is served: 127.0.0.1:7070 cannot be listened on; --listen'
start elsewhere --listen 127.0.0.1:0
[ -n "$port" ] || fail "no port in: $(cat "$place/elsewhere.err")"
taken=$port
for option in "--no-listen" "--listen none"; do
    "$plenum" run "$site" --journal "$place/nowhere" --until 1m --speed max $option \
        >/dev/null 2>"$place/nowhere.err" || fail "$option: exit code $?"
    ! grep -q 'http\|served' "$place/nowhere.err" || fail "$option: $(cat "$place/nowhere.err")"
done

# usage: refuse CODE TEXT OPTION...: the run ends at once, and says why.
refuse()
{
    code=$1 text=$2
    shift 2
    timeout 20 "$plenum" run "$site" --journal "$place/refused" --speed 1 "$@" \
        >/dev/null 2>"$place/refused.err"
    found=$?
    [ "$found" = "$code" ] || fail "$*: exit code $found, expected $code"
    says refused "$text"
}

refuse 1 "127.0.0.1:$taken cannot be listened on" --listen "127.0.0.1:$taken"
refuse 2 'expected ADDRESS:PORT' --listen 7070
refuse 2 'a token is required there' --listen 0.0.0.0:0

# --- TLS -------------------------------------------------------------------------------------

command -v openssl >/dev/null 2>&1 || {
    echo "skipped: no openssl (Debian: apt install openssl)"
    exit 77
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$place/key.pem" -out "$place/cert.pem" \
    >"$place/openssl.out" 2>&1 || { cat "$place/openssl.out"; exit 1; }
refuse 2 'expected both or none' --listen 127.0.0.1:0 --tls-cert "$place/cert.pem"
refuse 1 'cannot be read' --listen 127.0.0.1:0 --tls-cert "$place/none" --tls-key "$place/key.pem"
refuse 1 'expected certificates in PEM' --listen 127.0.0.1:0 --tls-cert "$place/key.pem" \
    --tls-key "$place/key.pem"
start secure --listen 127.0.0.1:0 --tls-cert "$place/cert.pem" --tls-key "$place/key.pem"
says secure '^plenum: https://127.0.0.1:[0-9]*/$'

get='GET /v1/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
upgrade='GET /v1/watch HTTP/1.1\r\nHost: localhost\r\nOrigin: https://localhost\r\n'
upgrade=$upgrade'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
upgrade=$upgrade'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
printf "$get" | ask | grep -q '"speed_milli":1000' ||
    fail "no answer over TLS: $(printf "$get" | ask)"
patience=2 # the connection stays
printf "$upgrade" | ask | grep -aq '{"state":{' || fail "no state on wss"
printf "$get" | ask -tls1_1 | grep -q '"speed_milli"' && fail "TLS 1.1 is spoken"
[ $failures = 0 ]
