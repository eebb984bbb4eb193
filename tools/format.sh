#!/bin/sh
# usage: tools/format.sh
#
# Lays out all C sources: clang-format, and section rules ("/* --- name ---- */") that end at column
# 100, which clang-format does not touch.
set -eu
cd "$(dirname "$0")/.."

git ls-files '*.c' '*.h' | while read -r file; do
    [ -f "$file" ] || continue
    awk '/^\/\* --- .* -+ \*\/$/ && length($0) > 100 { sub(/-+ \*\/$/, ""); line = $0
            while (length(line) < 97) line = line "-"
            print line " */"; next }
        { print }' "$file" | clang-format --assume-filename="$file" >build-format.tmp
    cmp -s "$file" build-format.tmp || cat build-format.tmp >"$file"
done
rm -f build-format.tmp
