#!/bin/sh
# usage: tools/test.sh [BUILD...]
#
# Runs the tests of the named builds (all of them by default), and ends with one plain line
# `N passed, N failed` over all, with `, N skipped` where there are any. Exit code 1 when anything
# failed. A build that does not compile counts as one failure. What each test took is left in
# build/test-times.txt, slowest first.
set -u
cd "$(dirname "$0")/.."

# Which suites a build runs. `slow` runs in the release build alone.
suites_of()
{
    case $1 in
    release) echo unit e2e threads slow lint fuzz ;;
    sanitize) echo unit e2e threads fuzz ;;
    clang) echo unit ;;
    threads) echo threads ;;
    arm64) echo unit e2e fuzz ;;
    esac
}

# What is compiled in any case; without a name, everything.
targets_of()
{
    case $1 in
    sanitize | threads | arm64) echo plenum ;;
    esac
}

# Under a sanitizer or an emulator a test may take this many times longer.
patience_of()
{
    case $1 in
    release) echo 4 ;;
    arm64) echo 20 ;;
    *) echo 8 ;;
    esac
}

# Adds the results of one build to $results: RESULT SECONDS BUILD NAME. Meson writes a line of JSON
# a test; its name may have the suites before it ("plenum:unit / base/text").
collect()
{
    sed 's/.*"name": "\([^"]*\)".*"result": "\([^"]*\)".*"duration": \([0-9.]*\).*/\2 \3 \1/
         s/ plenum:[^/]* \/ / /' "$2/meson-logs/testlog.json" 2>/dev/null |
        awk -v build="$1" '{ printf "%s %.2f %s %s\n", $1, $2, build, $3 }' >>"$results"
}

run_build()
{
    folder=$(tools/build.sh --folder "$1") || return
    suites=$(suites_of "$1")
    echo "== $1 ($folder): $suites"
    rm -f "$folder/meson-logs/testlog.json"
    if ! tools/build.sh "$1" $(targets_of "$1") >"$log" 2>&1; then
        cat "$log"
    else
        # It compiles first what the suites need and is not there yet: a line a file, left out here.
        meson test -C "$folder" --print-errorlogs --timeout-multiplier "$(patience_of "$1")" \
            $(printf -- '--suite %s ' $suites) $([ "$1" = release ] || echo --no-suite slow) |
            grep -v '^\[[0-9]*/[0-9]*\] '
    fi
    if [ ! -f "$folder/meson-logs/testlog.json" ]; then
        echo "FAIL 0 $1 does-not-compile" >>"$results"
        return
    fi
    compiled="$compiled $1"
    collect "$1" "$folder"
}

# The example must end in the same state in all builds that compiled (tools/same.sh).
run_same()
{
    case " $compiled " in *' release '*) ;; *) return ;; esac
    [ -x build/plenum ] || return
    others=$(printf '%s\n' $compiled | grep -v -x -e release -e threads)
    echo "== same state in: release" $others
    tools/same.sh release $others | tee -a "$results"
}

compiled=
results=$(mktemp)
log=$(mktemp)
trap 'rm -f "$results" "$log"' EXIT
[ $# -gt 0 ] || set -- sanitize release clang threads arm64
for name in "$@"; do
    run_build "$name"
done
run_same
mkdir -p build
sort -k2,2nr "$results" >build/test-times.txt
awk '
    $1 == "OK" { passed++; next }
    $1 == "SKIP" { skipped++; next }
    { failed++; print "failed: " $3 " " $4 }
    END {
        printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
        exit failed > 0 || passed == 0
    }' "$results"
