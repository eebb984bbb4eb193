#!/bin/bash
# usage: completion.sh PLENUM
#
# What bash completes, with the script that the program prints.
set -u
plenum=$1
failed=0
source <("$plenum" completion bash)

# usage: expect WORDS... : CANDIDATES...; the last of the words is being typed.
expect()
{
    COMP_WORDS=("$plenum")
    while [ "$1" != : ]; do
        COMP_WORDS+=("$1")
        shift
    done
    shift
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _plenum
    [ "${COMPREPLY[*]-}" = "$*" ] && return
    echo "${COMP_WORDS[*]:1}: found '${COMPREPLY[*]-}', expected '$*'"
    failed=1
}

expect rac : rack
expect rack '' : ls show retire keep
expect robot ls --state b : busy broken
expect robot ls --state = b : busy broken
expect robot ls --state = : idle busy to-charger charging broken carried
expect capacity offer --acc : --accelerators
expect journal show --k : --kind
expect run '' :
expect events --fo : --follow
expect help rack sh : show
expect nothing '' :

# The words after 'plenum ' that help lists are those that are completed.
listed=$("$plenum" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | tr '\n' ' ')
expect '' : ${listed}
[ "$(complete -p plenum)" = 'complete -F _plenum plenum' ] || { complete -p plenum; failed=1; }
exit $failed
