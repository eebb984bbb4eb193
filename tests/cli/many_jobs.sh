#!/bin/sh
# usage: many_jobs.sh PLENUM NODES
#
# Traces that never end, or hold more jobs than there may be: refused with the line, exit code 2.
set -u
plenum=$1
nodes=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkfifo "$place/pods"
failed=0

endless()
{
    yes 'a-pod-of-one-accelerator,1000,1000,1,1000'
}

too_many()
{
    seq -f 'p%.0f,1,1,1,1' 10000001
}

# usage: refused FUNCTION TEXT: the jobs that the function prints are refused with this text.
refused()
{
    { echo name,cpu_milli,memory_mib,num_gpu,gpu_milli; "$1"; } >"$place/pods" 2>/dev/null &
    "$plenum" capacity replay --nodes "$nodes" --pods "$place/pods" >"$place/said" 2>"$place/why"
    found=$?
    [ $found = 2 ] && [ ! -s "$place/said" ] && grep -q -e "$2" "$place/why" && return
    echo "FAILED: $1: exit $found, expected 2 and '$2' in:"
    head -5 "$place/said" "$place/why"
    failed=1
}

refused endless '/pods:[0-9]*: found over 2000000000 bytes, expected at most that'
refused too_many '/pods:10000002: found over 10000000 pods, expected at most that'
exit $failed
