#!/bin/sh
# usage: readme.sh PLENUM README
#
# Every command that the README shows works as it stands there.
set -u
plenum=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$2")" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp -r "$root/examples" "$place/examples"
cd "$place" || exit 1
failed=0
sed -n 's|^    build/plenum ||p' "$root/README.md" >commands
count=$(wc -l <commands)
[ "$count" -ge 8 ] || { echo "README: $count commands, expected 8"; exit 1; }
while read -r words; do
    # The words of a line are its arguments, as a shell would take them.
    if $plenum $words >said 2>&1 </dev/null; then
        echo "ok: plenum $words"
    else
        echo "FAILED: plenum $words"
        cat said
        failed=1
    fi
done <commands
exit $failed
