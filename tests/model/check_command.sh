#!/bin/sh
# usage: check_command.sh PLENUM ROOT
#
# plenum check: exit codes, and that it prints what the loader's tests expect, from any folder.
set -eu
plenum="${MESON_EXE_WRAPPER:-} $(realpath "$1")"
root=$2
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# expect CODE ARGUMENT...: runs plenum check and holds its exit code.
expect()
{
    want=$1
    shift
    code=0
    $plenum check "$@" >"$out" 2>&1 || code=$?
    [ "$code" = "$want" ] || { echo "plenum check $*: exit code $code, not $want"; exit 1; }
}

expect 0 "$root/examples/first-hall/site.yaml"
expect 0 --json "$root/examples/first-hall/site.yaml"
grep -q '"good": true' "$out"
cd "$root/tests/model/bad"
expect 2 many-at-once.yaml
cmp "$out" many-at-once.expected
expect 2 --json many-at-once.yaml
[ "$(grep -c '"found"' "$out")" = "$(grep -c ': found ' many-at-once.expected)" ]
expect 2 ../bad/map-size.yaml
grep -q '^../bad/maps/size.map:4:1: halls\[0\].map: ' "$out"
expect 1 no-such-file.yaml
grep -q 'no-such-file.yaml: no such file' "$out"
expect 2
expect 2 many-at-once.yaml empty.yaml
