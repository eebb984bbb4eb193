#!/bin/sh
# usage: debian.sh PLENUM
#
# The whole against Debian's Slurm, started for this test alone: munged, slurmctld, four slurmd
# with accelerators that are /dev/null and the like, slurmrestd on a UNIX socket; on loopback, in a
# folder and on ports of its own, all ended at the end. Skips (77), and says so, where Slurm is not
# installed or does not come up.
set -u
plenum=$(realpath "$1")
place=$(mktemp -d /tmp/plenum-slurm.XXXXXX)
chmod 755 "$place"
base=$((20000 + $$ % 1000 * 8))
export SLURM_CONF="$place/slurm.conf"
export PLENUM_SERVER
PATH=$PATH:/usr/sbin:/sbin
failures=0

# --- Slurm -----------------------------------------------------------------------------------

stop()
{
    for file in "$place"/*.pid; do
        [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null
    done
    for _ in $(seq 50); do
        alive=
        for file in "$place"/*.pid; do
            [ ! -s "$file" ] || ! kill -0 "$(cat "$file")" 2>/dev/null || alive=$file
        done
        [ -n "$alive" ] || break
        sleep 0.1
    done
    for file in "$place"/*.pid; do
        [ ! -s "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null
    done
    rm -rf "$place"
}
trap stop EXIT
trap 'exit 1' INT TERM

skip()
{
    echo "skipped: $1"
    exit 77
}

# usage: within SECONDS COMMAND...: until it succeeds, or the time is over
within()
{
    tries=$(($1 * 5))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.2
    done
}

for program in munged slurmctld slurmd slurmrestd scontrol sbatch; do
    command -v "$program" >/dev/null 2>&1 ||
        skip "no $program (Debian: apt install munge slurmctld slurmd slurmrestd slurm-client)"
done

write_configuration()
{
    me=$(id -un) host=$(hostname -s)
    cat >"$SLURM_CONF" <<END
ClusterName=plenum
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$base
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
AuthInfo=socket=$place/munge.socket
CommunicationParameters=NoAddrCache,NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool-%n
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd-%n.pid
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
SlurmdParameters=config_overrides
TopologyPlugin=topology/tree
SchedulerParameters=bf_interval=2,sched_interval=2
ReturnToService=2
KillWait=2
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    for n in 1 2 3 4; do
        case $n in
        [12]) what="CPUs=16 RealMemory=64000 Gres=gpu:h100:4" ;;
        3) what="CPUs=8 RealMemory=32000 Gres=gpu:l4:2" ;;
        4) what="CPUs=8 RealMemory=32000" ;;
        esac
        echo "NodeName=n$n NodeHostname=$host NodeAddr=127.0.0.1 Port=$((base + n)) $what"
    done >>"$SLURM_CONF"
    cat >"$place/gres.conf" <<END
NodeName=n[1-2] Name=gpu Type=h100 File=/dev/null,/dev/zero,/dev/full,/dev/random
NodeName=n3 Name=gpu Type=l4 File=/dev/null,/dev/zero
END
    cat >"$place/topology.conf" <<END
SwitchName=leaf1 Nodes=n[1-2]
SwitchName=leaf2 Nodes=n[3-4]
SwitchName=spine Switches=leaf[1-2]
END
}

start_slurm()
{
    mkdir -p "$place/state"
    head -c 1024 /dev/urandom >"$place/munge.key"
    chmod 600 "$place/munge.key"
    munged --force --socket="$place/munge.socket" --key-file="$place/munge.key" \
        --pid-file="$place/munged.pid" --log-file="$place/munged.log" \
        --seed-file="$place/munge.seed" || return 1
    slurmctld || return 1
    for n in 1 2 3 4; do
        slurmd -N "n$n" || return 1
    done
    SLURMRESTD_SECURITY=disable_user_check slurmrestd -s openapi/v0.0.38 -a rest_auth/local \
        "unix:$place/rest.socket" >"$place/rest.log" 2>&1 &
    echo $! >"$place/slurmrestd.pid"
    within 15 all_idle && within 5 test -S "$place/rest.socket"
}

all_idle()
{
    [ "$(sinfo -h -N -t idle -o %T | grep -c '^idle$')" = 4 ]
}

write_configuration
start_slurm >"$place/start.log" 2>&1 || {
    cat "$place/start.log"
    tail -5 "$place/slurmctld.log" "$place"/slurmd-n1.log 2>/dev/null
    skip "Slurm does not come up here"
}

# --- what is looked at -----------------------------------------------------------------------

fail()
{
    echo "FAIL: $1"
    squeue -o '%i %T %r %S %N %k'
    "$plenum" job ls
    "$plenum" alarm ls
    tail -5 "$place/run.err"
    failures=$((failures + 1))
}

# usage: job ID FORMAT: what squeue says of it, also for a while after its end
job()
{
    squeue -h -t all -j "$1" -o "$2"
}

# usage: is EXPECTED COMMAND...: whether it prints just that
is()
{
    expected=$1
    shift
    [ "$("$@")" = "$expected" ]
}

says()
{
    text=$1
    shift
    "$@" | grep -q "$text"
}

no_jobs()
{
    "$plenum" job ls >"$place/jobs" && ! grep -q 'running\|reserved\|queued' "$place/jobs"
}

# What an earlier run said is gone before this one is waited for.
start_plenum()
{
    : >"$place/run.err"
    "$plenum" run "$place/site.yaml" --slurm "$place/rest.socket" --listen 127.0.0.1:0 \
        >"$place/run.out" 2>"$place/run.err" &
    echo $! >"$place/plenum.pid"
    within 10 grep -q '^plenum: http' "$place/run.err" || fail "Plenum does not serve"
    PLENUM_SERVER=$(sed -n 's|^plenum: \(http://[0-9.:]*\)/$|\1|p' "$place/run.err")
}

# --- from the nodes to a site ----------------------------------------------------------------

"$plenum" slurm import --socket "$place/rest.socket" >"$place/slurm.yaml" || exit 1
# Faster steps, a round of the planner soon after the begin (each is 30 s after the last), and a
# tenant who is a user of this machine.
start=$(date -u -d '-22 seconds' +%Y-%m-%dT%H:%M:%SZ)
sed "s/^step: 5s/step: 1s/
    s/^start: .*/start: $start/
    s/^  - {name: slurm}/&\n  - {name: $(id -un)}/" "$place/slurm.yaml" >"$place/site.yaml"
"$plenum" check "$place/site.yaml" || exit 1
grep -q 'cell: \[1, 0\]' "$place/site.yaml" || fail "n2 does not stand in the row of its switch"

# --- jobs ------------------------------------------------------------------------------------

printf '#!/bin/sh\nsleep "$1"\n' >"$place/job.sh"
chmod 755 "$place/job.sh"
cd "$place" || exit 1
batch()
{
    sbatch --parsable --output=/dev/null "$@"
}
wide=$(batch --hold --comment=plenum -N2 -c4 --gres=gpu:h100:3 --mem=8G -t10 job.sh 6)
next=$(batch --hold --comment=plenum -N2 --gpus=8 --mem=1G -t60 job.sh 300)
none=$(batch --hold --comment=plenum --gres=gpu:h200:1 --mem=1G -t1 job.sh 1 2>/dev/null) || none=
start_plenum
within 15 is "RUNNING n[1-2]" job "$wide" '%T %N' || fail "the first job does not run on n1 and n2"
within 5 says 'plenum: starts by' job "$next" %k || fail "the second is not told its start"
says "$(date -u +%Y-)" job "$next" %S || fail "squeue does not show its start"
[ -z "$none" ] || within 5 says 'no accelerator of the site is a h200' job "$none" %k ||
    fail "nobody says that there is no h200"

# --- what is sold, and a kill ----------------------------------------------------------------

"$plenum" capacity reserve --accelerators 2 --chip l4 --cores 8 --for 30m --tenant "$(id -un)" \
    >"$place/sale" || fail "nothing is sold"
sale=$(sed -n 's/^job \([0-9]*\),.*/\1/p' "$place/sale")
within 5 says 'Nodes=n3 ' scontrol show reservation "plenum-$sale" || fail "n3 is not reserved"
kill -KILL "$(cat "$place/plenum.pid")"
start_plenum
within 40 is "RUNNING n[1-2]" job "$next" '%T %N' || fail "after a kill the second does not run"
is COMPLETED job "$wide" %T || fail "the first is not over"
within 5 says "plenum-$sale" scontrol show reservation || fail "what was sold is gone"

# --- a node, and the end of what was asked ---------------------------------------------------

scontrol update NodeName=n4 State=down Reason=smoke
within 5 says ' n4 *failed' "$plenum" rack ls || fail "n4 is down, and Plenum does not know"
scontrol update NodeName=n4 State=resume
within 10 says ' n4 *in-service' "$plenum" rack ls || fail "n4 is up, and Plenum does not know"
"$plenum" capacity cancel "$sale" >/dev/null || fail "a sale cannot be cancelled"
within 5 says '^No reservations' scontrol show reservation || fail "a reservation is left"
scancel "$next"
within 10 no_jobs || fail "a cancelled job is left in Plenum"
kill "$(cat "$place/plenum.pid")"
wait "$(cat "$place/plenum.pid")"
"$plenum" journal verify "$place/site.journal" >/dev/null || fail "the journal does not verify"
[ "$failures" = 0 ]
