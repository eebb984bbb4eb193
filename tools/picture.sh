#!/bin/sh
# usage: tools/picture.sh
#
# Makes docs/first-hall.svg, the picture in the README, again: a day of the example, then its floor.
set -eu
cd "$(dirname "$0")/.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
build/plenum run examples/first-hall/site.yaml --until 15h --speed max --quiet \
    --journal "$place/day"
build/plenum floor draw "$place/day" --output docs/first-hall.svg
