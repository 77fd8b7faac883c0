#!/bin/sh
# podman's service for the Docker API, for podman-service.ts: process 1 of a process namespace, so that everything it
# starts ends with it, with a mount and a network namespace of its own, so that no mount, bridge or rule stays.
# $1: its directory, with containers.conf and storage.conf.
set -eu
export CONTAINERS_CONF="$1/containers.conf" CONTAINERS_STORAGE_CONF="$1/storage.conf" TMPDIR="$1/tmp"
# What podman and the CNI plugins that it calls would write elsewhere, whatever the configuration says.
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
# crun refuses version 2 beside version 1 ("cgroups in hybrid mode not supported").
if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
ip link set lo up
# Standard input ends when the test stops the service or is killed.
exec 3<&0 </dev/null
trap 'exit 0' TERM
{ cat <&3 >/dev/null && kill -TERM 1; } &
# Not exec: process 1 has to reap what conmon leaves, and podman does not ("podman run" then hangs for 20 s).
podman system service --time=0 "unix://$1/podman.sock" 3<&- &
wait "$!"
