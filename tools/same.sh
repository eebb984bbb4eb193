#!/bin/sh
# usage: tools/same.sh BUILD...
#
# The same site, seed and time must end in the same state hash in every build: another compiler,
# other optimisation, another machine, another number of threads. And the journal of the first
# build, replayed by every build without planner and simulator, must end there too.
# Prints a line for each comparison: RESULT SECONDS same NAME, with what differed on stderr.
set -u
cd "$(dirname "$0")/.."
site=examples/first-hall/site.yaml
until=4h
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# usage: plenum_of BUILD ARGUMENT...: runs the program of that build.
plenum_of()
{
    folder=$(tools/build.sh --folder "$1")
    emulator=
    [ "$1" != arm64 ] || emulator="qemu-aarch64 -L build-sysroot-arm64"
    shift
    $emulator "$folder/plenum" "$@"
}

# usage: run_of JOURNAL BUILD OPTION...: the state hash.
run_of()
{
    journal=$place/$1
    build=$2
    shift 2
    rm -f "$journal"*
    plenum_of "$build" run "$site" --until "$until" --speed max --quiet --journal "$journal" \
        --report "$place/report" "$@" >&2 || return
    sed -n 's/.*"state_hash": *"\([0-9a-f]*\)".*/\1/p' "$place/report"
}

# usage: replay_of JOURNAL BUILD: the state hash.
replay_of()
{
    plenum_of "$2" journal replay "$place/$1" | sed -n 's/.* state \([0-9a-f]*\)$/\1/p'
}

# usage: compare NAME FUNCTION ARGUMENT...
compare()
{
    name=$1
    shift
    began=$(date +%s)
    found=$("$@")
    result=OK
    if [ -z "$found" ] || [ "$found" != "$wanted" ]; then
        echo "same: $name ends in ${found:-nothing}, $first in ${wanted:-nothing}" >&2
        result=FAIL
    fi
    echo "$result $(($(date +%s) - began)) same $name"
}

first=$1
shift
wanted=$(run_of first "$first")
compare "$first-again" run_of other "$first"
compare "$first-threads" run_of other "$first" --threads 2
compare "$first-replay" replay_of first "$first"
for build_name in "$@"; do
    compare "$build_name" run_of other "$build_name"
    compare "$build_name-replay" replay_of first "$build_name"
done
