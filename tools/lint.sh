#!/bin/sh
# usage: tools/lint.sh
#
# What a reviewer need not look for: the rules of check_source, the man page, the layout of the
# code, and clang-tidy. Says what to do about each finding; exit code 1 when there was any.
set -u
cd "$(dirname "$0")/.."
failed=0

tools/build.sh clang >build-clang.log 2>&1 || { cat build-clang.log; exit 1; }
rm -f build-clang.log

echo "== rules of the tree (tools/check_source)"
build-clang/tools/check_source src include tests bench tools || failed=1

echo "== man page (mandoc)"
mandoc -T lint -W style docs/plenum.1 || failed=1

echo "== layout (clang-format; make format repairs it)"
git ls-files -z '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror || failed=1

echo "== mistakes (clang-tidy)"
git ls-files -z 'src/*.c' 'tools/*.c' 'tests/*.c' 'bench/*.c' |
    xargs -0 -n 4 -P "$(nproc)" clang-tidy -p build-clang --quiet 2>/dev/null || failed=1

[ $failed = 0 ] && echo "nothing found"
exit $failed
