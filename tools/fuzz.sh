#!/bin/sh
# usage: tools/fuzz.sh [TARGET...]
#
# Runs each fuzz target (all by default) for FUZZ_SECONDS, from the corpus in tests/fuzz/corpus and
# from what earlier runs left in build-fuzz/corpus. An input that ends a target is kept as
# build-fuzz/found-TARGET-...: repair, then add the input to the corpus. Exit code 1 when there is
# one.
set -u
cd "$(dirname "$0")/.."
tools/build.sh fuzz || exit 1

ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer)
LSAN_OPTIONS=suppressions=$PWD/tests/fuzz/leaks.supp:print_suppressions=0
export ASAN_SYMBOLIZER_PATH LSAN_OPTIONS
[ $# -gt 0 ] || set -- $(cd build-fuzz/tests/fuzz && ls | sed -n 's/^fuzz_\([a-z_]*\)$/\1/p')
failed=0
for target in "$@"; do
    mkdir -p "build-fuzz/corpus/$target"
    log=build-fuzz/$target.log
    words=tests/fuzz/$target.dict
    if "build-fuzz/tests/fuzz/fuzz_$target" -max_total_time="${FUZZ_SECONDS:-30}" -max_len=65536 \
        -timeout=20 -rss_limit_mb=6000 $([ -f "$words" ] && echo "-dict=$words") \
        -print_final_stats=1 -artifact_prefix="build-fuzz/found-$target-" \
        "build-fuzz/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "$target: $runs inputs, nothing found"
    else
        tail -n 40 "$log"
        echo "$target: FAILED; the input is build-fuzz/found-$target-..., the log $log"
        failed=1
    fi
done
exit $failed
