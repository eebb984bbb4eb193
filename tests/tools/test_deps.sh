#!/bin/sh
# tools/deps.sh with a dpkg-query, an apt-get, a sudo and an id that are told what to say: what it
# asks apt for, what it says before, and that it leaves apt alone when nothing is missing.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failed=0

fake()
{
    printf '#!/bin/sh\n%s\n' "$2" >"$place/bin/$1"
    chmod +x "$place/bin/$1"
}

# usage: expect NAME EXIT-CODE PATTERN...: each pattern must be in what was said, in this order.
expect()
{
    name=$1
    wanted=$2
    shift 2
    found=0
    PATH="$place/bin:${tools:-/usr/bin:/bin}" "$top/tools/deps.sh" ${group:-build} \
        >"$place/said" 2>&1 || found=$?
    last=0
    for pattern in "$@"; do
        line=$(grep -n -e "$pattern" "$place/said" | head -n 1 | cut -d: -f1)
        if [ "${line:-0}" -lt "$last" ] || [ -z "$line" ]; then
            echo "$name: not found in this order: $pattern"
            found=wrong
        fi
        last=${line:-0}
    done
    if [ "$found" != "$wanted" ]; then
        echo "$name: exit $found, expected $wanted; said:"
        cat "$place/said"
        failed=1
    fi
}

mkdir "$place/bin"
fake apt-get 'echo "apt-get $*"'
fake sudo 'echo "sudo $1"; exec "$@"'
fake id 'echo 0'
fake dpkg-query 'echo "install ok installed"'
expect 'all there' 0
[ ! -s "$place/said" ] || { echo 'all there: said something'; failed=1; }

fake dpkg-query 'case "$*" in *meson | *libsodium-dev) exit 1 ;; esac
echo "install ok installed"'
expect 'root' 0 'missing and will now be installed: meson libsodium-dev$' \
    'running: apt-get update, then apt-get install' '^apt-get .* update' \
    '^apt-get .* install -y --no-install-recommends meson libsodium-dev$'
! grep -q '^sudo' "$place/said" || { echo 'root: used sudo'; failed=1; }

fake id 'echo 1000'
expect 'sudo' 0 'missing and will now be installed: meson' 'running: sudo apt-get update' \
    '^sudo env$' '^apt-get .* update' '^apt-get .* install'

fake apt-get 'echo "apt-get $*"; case "$*" in *update*) exit 100 ;; esac'
expect 'update fails' 0 '^apt-get .* update' 'was not whole' '^apt-get .* install'
fake apt-get 'exit 100'
expect 'install fails' 100 'missing and will now be installed'

# npm is asked for where the command is not there, and left alone where it is. A PATH of links to
# the few tools that deps.sh needs, so that an npm of this machine is not seen.
mkdir "$place/few"
for tool in sh awk dirname env; do
    ln -s "$(command -v "$tool")" "$place/few/$tool"
done
tools=$place/few
group='web test'
fake apt-get 'echo "apt-get $*"'
fake dpkg-query 'case "$*" in *npm | *sqlite3) exit 1 ;; esac
echo "install ok installed"'
expect 'no npm' 0 'will now be installed: npm sqlite3$'
fake npm 'exit 0'
expect 'npm of another source' 0 'will now be installed: sqlite3$'
tools=
group=

fake dpkg-query 'echo "deinstall ok config-files"'
fake apt-get 'echo "apt-get $*"'
expect 'removed' 0 'will now be installed: gcc '
exit $failed
