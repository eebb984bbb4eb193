#!/bin/sh
# usage: run_parts.sh PLENUM SITE
#
# An hour of a site run in one piece, in two, and in pieces cut by SIGINT ends in the same state;
# the exit codes are what the man page says.
set -u
plenum="${MESON_EXE_WRAPPER:-} $1"
site=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failed=0

# usage: run NAME OPTION...: into the journal of that name.
run()
{
    name=$1
    shift
    $plenum run "$site" --speed max --quiet --journal "$place/$name" "$@"
}

hash_of()
{
    sed -n 's/.*"state_hash": *"\([0-9a-f]*\)".*/\1/p' "$place/$1.json"
}

expect_exit()
{
    [ "$1" = "$2" ] || { echo "$3: exit $2, expected $1"; failed=1; }
}

expect_same()
{
    [ -n "$(hash_of "$1")" ] && [ "$(hash_of "$1")" = "$(hash_of whole)" ] ||
        { echo "$1: $(hash_of "$1"), whole: $(hash_of whole)"; failed=1; }
}

run whole --until 1h --report "$place/whole.json"
expect_exit 0 $? 'in one piece'

run two --until 20m && run two --until 1h --report "$place/two.json"
expect_exit 0 $? 'in two pieces'
expect_same two

# At the pace of the clock, so that the signal comes while it runs.
$plenum run "$site" --speed 60 --quiet --journal "$place/cut" --until 1h &
pid=$!
sleep 3
kill -INT $pid
wait $pid
expect_exit 130 $? 'stopped by SIGINT'
run cut --until 1h --report "$place/cut.json"
expect_exit 0 $? 'gone on'
expect_same cut

# A journal belongs to the site that it was begun with.
sed 's/^seed: .*/seed: 7/' "$site" >"$place/changed.yaml"
$plenum run "$place/changed.yaml" --speed max --quiet --journal "$place/two" --until 2h \
    2>"$place/said"
expect_exit 1 $? 'a site that was changed'
grep -q "begun with another site: found 'changed.yaml' changed" "$place/said" ||
    { echo 'a site that was changed:'; cat "$place/said"; failed=1; }
run two --until 1h --report "$place/two.json"
expect_exit 0 $? 'the site as it was'
expect_same two

run bad --until yesterday 2>"$place/said"
expect_exit 2 $? 'a bad option'
run bad --speed -3 2>>"$place/said"
expect_exit 2 $? 'a bad speed'
$plenum run "$place/no-such-site.yaml" 2>>"$place/said"
expect_exit 1 $? 'a site that is not there'
exit $failed
