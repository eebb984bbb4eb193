#!/bin/sh
# usage: tools/build.sh NAME [NINJA-TARGET...]
#
# Configures the named build where it is not yet, and compiles it. The builds of this project:
#
#   release   build          the program people run
#   sanitize  build-asan     AddressSanitizer and UndefinedBehaviorSanitizer
#   clang     build-clang    the other compiler
#   threads   build-tsan     ThreadSanitizer
#   arm64     build-arm64    aarch64, run under qemu-user
#   fuzz      build-fuzz     libFuzzer targets
#
# `tools/build.sh --folder NAME` only prints the folder.
set -eu
cd "$(dirname "$0")/.."

folder_of()
{
    case $1 in
    release) echo build ;;
    sanitize) echo build-asan ;;
    clang) echo build-clang ;;
    threads) echo build-tsan ;;
    arm64) echo build-arm64 ;;
    fuzz) echo build-fuzz ;;
    *) echo "tools/build.sh: no build is called '$1'" >&2; return 2 ;;
    esac
}

# Tests are left out of the release build until cmocka is there: `make` must not need it.
has_tests()
{
    pkg-config --exists cmocka && echo true || echo false
}

configure()
{
    case $1 in
    # Here and in fuzz runs the warnings of a compiler that we have not met stop nobody; in the
    # other builds any warning does.
    release) meson setup "$2" --buildtype=release -Dc_args=-Wno-error -Dtests="$(has_tests)" ;;
    # For tests: little optimisation, and lines without the rest of what a debugger wants, which
    # takes half the time.
    sanitize) meson setup "$2" --buildtype=debug -Doptimization=1 -Dc_args=-g1 \
        -Db_sanitize=address,undefined ;;
    clang) CC=clang meson setup "$2" --buildtype=debug -Doptimization=1 -Dc_args=-g1 ;;
    # gcc warns wrongly of this one where it optimises less.
    threads) meson setup "$2" --buildtype=debugoptimized -Dc_args=-g1 \
        -Db_sanitize=thread ;;
    arm64)
        printf "[constants]\nroot = '%s'\n" "$PWD/build-sysroot-arm64" >build-sysroot-arm64/root.ini
        meson setup "$2" --buildtype=release --cross-file build-sysroot-arm64/root.ini \
            --cross-file tools/cross/aarch64.ini ;;
    fuzz) CC=clang-19 meson setup "$2" --buildtype=debugoptimized -Dfuzz=true \
        -Dc_args=-Wno-error -Db_sanitize=address,undefined -Db_lundef=false ;;
    esac
}

if [ "$1" = --folder ]; then
    folder_of "$2"
    exit
fi
name=$1
shift
folder=$(folder_of "$name")
if [ ! -f "$folder/build.ninja" ]; then
    echo "plenum: configuring $folder"
    mkdir -p "$folder"
    configure "$name" "$folder" >"$folder/configure.log" 2>&1 || {
        cat "$folder/configure.log" >&2
        exit 1
    }
fi
if [ "$name" = release ] && [ $# = 0 ] && [ ! -d build/tests ]; then
    meson configure build -Dtests=true
fi
ninja -C "$folder" "$@"
