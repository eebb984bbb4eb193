#!/bin/sh
# usage: tools/sysroot.sh
#
# Puts the aarch64 libraries that Plenum links into build-sysroot-arm64/, for cross-building and
# for running under qemu-user. They are downloaded with apt's own verification but unpacked, not
# installed: the machine's package state stays as it is, and no root is needed. Done once; the
# stamp file is the list that was unpacked, so a changed list is fetched again.
set -eu
cd "$(dirname "$0")/.."

root=$PWD/build-sysroot-arm64
list=$(awk '/^\| `lib.*-dev` \| (build|test) / { gsub(/`/, "", $2); printf "%s ", $2 }' \
    docs/dependencies.md | sed 's/libc6-dev //; s/libwebsockets-dev //')
[ "$(cat "$root/stamp" 2>/dev/null)" = "$list" ] && exit 0

echo "plenum: downloading the aarch64 libraries into build-sysroot-arm64 (about 20 MB; nothing" \
    "is installed): $list"
rm -rf "$root"
mkdir -p "$root/apt/lists/partial" "$root/apt/archives/partial"
apt="apt-get -q -o APT::Architecture=arm64 -o APT::Architectures::=arm64
    -o Dir::State=$root/apt -o Dir::State::status=/dev/null -o Dir::State::lists=$root/apt/lists
    -o Dir::Cache=$root/apt -o APT::Sandbox::User= -o Debug::NoLocking=1"
{
    $apt update
    $apt install -y --download-only --no-install-recommends $list
} >"$root/log" 2>&1 || { cat "$root/log" >&2; exit 1; }
for package in "$root"/apt/archives/*.deb; do
    dpkg-deb -x "$package" "$root"
done
rm -rf "$root/apt"
echo "$list" >"$root/stamp"
