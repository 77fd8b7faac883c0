# shellcheck shell=bash
# What the first processes of control plane and nodes have in common. They are pid 1 of a process namespace: when they
# die, the kernel kills everything below them, whatever it is; so nothing here needs to clean up.

# arguments FILE: one argument a line, into the array `arguments`.
arguments() {
  mapfile -t arguments <"$1"
}

# join_cgroups FILE: the directories listed there, made by the harness. 0 is the writer itself, in any pid namespace.
join_cgroups() {
  local group
  while read -r group; do
    echo 0 >"$group/cgroup.procs"
  done <"$1"
}

# supervise LOGS NAME COMMAND…: keeps it running, as systemd would with Restart=always.
supervise() {
  local logs=$1 name=$2 status
  shift 2
  (
    trap - TERM
    while :; do
      status=0
      "$@" </dev/null >>"$logs/$name.log" 2>&1 || status=$?
      echo "$(date -Is) $name ended with status $status, starting it again in 1 s" | tee -a "$logs/$name.log"
      sleep 1
    done
  ) &
}

# wait_port PORT: until somebody listens on 127.0.0.1.
wait_port() {
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.1; done
}

# others: true while another process of this namespace lives. A zombie has no command line. Without a fork, which would
# be such a process itself.
others() {
  local file word
  for file in /proc/[0-9]*/cmdline; do
    [ "$file" != /proc/1/cmdline ] || continue
    if { IFS= read -r -d '' word <"$file"; } 2>/dev/null; then return 0; fi
  done
  return 1
}

# orderly_end: asks every process of this namespace to end, gives them 5 s; the kernel kills what is left after us.
orderly_end() {
  local tenth
  trap '' TERM
  kill -TERM -1 2>/dev/null || true
  for ((tenth = 0; tenth < 50; tenth++)); do
    others || break
    sleep 0.1
  done
  exit 0
}

# rest: reaps orphans, as the first process must, until SIGTERM comes.
rest() {
  trap orderly_end TERM
  while :; do
    sleep 3600 &
    wait "$!" || true
  done
}
