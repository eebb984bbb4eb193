#!/bin/sh
# usage: tools/same.sh BUILD...
#
# The same site, seed and time must end in the same state hash in every build: another compiler,
# other optimisation, another machine, another number of threads. The first build is the measure.
# Prints a line for each comparison: RESULT SECONDS same NAME, with what differed on stderr.
set -u
cd "$(dirname "$0")/.."
site=examples/first-hall/site.yaml
until=6h
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# usage: run_of BUILD OPTION...: the state hash.
run_of()
{
    folder=$(tools/build.sh --folder "$1")
    emulator=
    [ "$1" != arm64 ] || emulator="qemu-aarch64 -L build-sysroot-arm64"
    shift
    rm -f "$place"/*
    $emulator "$folder/plenum" run "$site" --until "$until" --speed max --quiet \
        --journal "$place/journal" --report "$place/report" "$@" >&2 || return
    sed -n 's/.*"state_hash": *"\([0-9a-f]*\)".*/\1/p' "$place/report"
}

# usage: compare NAME BUILD OPTION...
compare()
{
    name=$1
    shift
    began=$(date +%s)
    found=$(run_of "$@")
    result=OK
    if [ -z "$found" ] || [ "$found" != "$wanted" ]; then
        echo "same: $name ends in ${found:-nothing}, $first in ${wanted:-nothing}" >&2
        result=FAIL
    fi
    echo "$result $(($(date +%s) - began)) same $name"
}

first=$1
shift
wanted=$(run_of "$first")
compare "$first-again" "$first"
compare "$first-threads" "$first" --threads 2
for name in "$@"; do
    compare "$name" "$name"
done
