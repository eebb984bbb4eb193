#!/bin/sh
# usage: man_covers.sh PLENUM MAN-PAGE
#
# Every subcommand that the program lists has a subsection in the man page, in which each option
# that its help lists is named; what all share that ask a running site may be named in the
# subsection on them. And every subsection is about a subcommand that there is.
set -u
plenum=$1
page=$(mandoc -T utf8 -O width=500 "$2" | sed 's/.\x08//g') || exit 1
failed=0

# The lines of the subsection of this title.
section()
{
    printf '%s\n' "$page" | awk -v name="   $*" '
        /^ ? ? ?[^ ]/ { inside = index($0 " ", name " ") == 1 }
        inside'
}

subcommands()
{
    $plenum "$@" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
}

cover()
{
    [ "$1" != help ] || return # its help is the list of all
    help=$($plenum "$@" --help) || { echo "plenum $*: --help fails"; failed=1; }
    case $help in
    *' SUBCOMMAND ...'*)
        for name in $(subcommands "$@"); do
            cover "$@" "$name"
        done
        return ;;
    esac
    text=$(section plenum "$@")
    if [ -z "$text" ]; then
        echo "plenum $*: has no subsection"
        failed=1
        return
    fi
    case $help in
    *' --server '*) text="$text $(section Options of subcommands that ask a running site)" ;;
    esac
    for option in $(printf '%s\n' "$help" | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
        case $text in
        *"$option"*) ;;
        *) [ "$option" = --help ] || { echo "plenum $*: $option is not named"; failed=1; } ;;
        esac
    done
}

for name in $(subcommands); do
    cover "$name"
done
for name in $(printf '%s\n' "$page" | sed -n 's/^   plenum \([a-z]*\).*/\1/p' | sort -u); do
    case " $(subcommands | tr '\n' ' ') " in
    *" $name "*) ;;
    *) echo "plenum $name: is in the man page only"; failed=1 ;;
    esac
done
exit $failed
