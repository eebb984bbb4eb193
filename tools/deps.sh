#!/bin/sh
# usage: tools/deps.sh GROUP...
#
# Makes sure that the Debian packages of the groups are installed. The list of packages, with the
# group and the reason of each, is the table in docs/dependencies.md; nothing is listed here.
# npm counts as there when the command is, whoever installed it: Debian's package would push out a
# Node.js of another source.
# When all are there this takes milliseconds and touches neither apt nor the network. Otherwise it
# says what is missing and what it will run, then runs it: through sudo where the user is not root.
set -eu
cd "$(dirname "$0")/.."

list=$(awk -v groups="$*" '
    BEGIN { n = split(groups, g, " "); for (i = 1; i <= n; i++) wanted[g[i]] = 1 }
    /^\| `/ {
        split($0, cell, " *\\| *")
        gsub(/`/, "", cell[2])
        if (cell[3] in wanted) print cell[2]
    }
' docs/dependencies.md)
[ -n "$list" ] || { echo "tools/deps.sh: no packages in: $*" >&2; exit 2; }

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "plenum: not a Debian system, so nothing is installed here. These Debian packages, or what"
    echo "plenum: they are called here, are needed:" $list
    exit 0
fi

missing=$(for name in $list; do
    [ "$name" != npm ] || ! command -v npm >/dev/null 2>&1 || continue
    case $(dpkg-query -W -f='${Status}' "$name" 2>/dev/null) in
    'install ok installed') ;;
    *) echo "$name" ;;
    esac
done)
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "plenum: missing, and neither root nor sudo is at hand. Please install:" $missing >&2
        exit 1
    }
    as_root=sudo
fi
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120"
echo "plenum: these Debian packages are missing and will now be installed:" $missing
echo "plenum: running: ${as_root:+$as_root }apt-get update, then" \
    "${as_root:+$as_root }apt-get install --no-install-recommends" $missing
$apt update || echo "plenum: apt-get update was not whole; going on with what is known" >&2
$apt install -y --no-install-recommends $missing
