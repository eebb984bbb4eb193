#!/bin/sh
# tools/test.sh with builds and a meson that are told what to give: its last line and exit code.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failed=0

mkdir "$place/tools" "$place/bin"
cp "$top/tools/test.sh" "$place/tools/"
cat >"$place/tools/build.sh" <<'END'
#!/bin/sh
[ "$1" = --folder ] && { echo "build-$2"; exit; }
[ ! -f "broken-$1" ]
END
cat >"$place/bin/meson" <<'END'
#!/bin/sh
mkdir -p "$3/meson-logs"
cp "results-$3" "$3/meson-logs/testlog.json" 2>/dev/null
END
chmod +x "$place/tools/build.sh" "$place/bin/meson"

# usage: result BUILD NAME RESULT
result()
{
    printf '{"name": "plenum:unit / %s", "stdout": "x", "result": "%s", %s, "command": []}\n' \
        "$2" "$3" '"starttime": 1.5, "duration": 0.25, "returncode": 0, "env": {}' \
        >>"$place/results-build-$1"
}

expect()
{
    wanted=$1
    line=$2
    shift 2
    found=0
    PATH="$place/bin:$PATH" "$place/tools/test.sh" "$@" >"$place/said" 2>&1 || found=$?
    if [ "$found" != "$wanted" ] || [ "$(tail -n 1 "$place/said")" != "$line" ]; then
        echo "$*: exit $found, expected $wanted and '$line'; said:"
        cat "$place/said"
        failed=1
    fi
}

result release base/text OK
result release base/bytes OK
result clang base/text OK
result clang base/bytes SKIP
result threads base/pool FAIL
result threads base/pool TIMEOUT
touch "$place/broken-sanitize"
expect 0 '2 passed, 0 failed' release
expect 0 '3 passed, 0 failed, 1 skipped' release clang
expect 1 '2 passed, 2 failed' release threads
grep -q '^failed: threads base/pool$' "$place/said" || { echo 'no name of what failed'; failed=1; }
expect 1 '2 passed, 1 failed' sanitize release
# Without a log nothing was run, since meson could not compile it; an empty one is of no test.
expect 1 '0 passed, 1 failed' arm64
: >"$place/results-build-arm64"
expect 1 '0 passed, 0 failed' arm64
exit $failed
