#!/bin/sh
# Boots the systemd of a system in a folder: boot.sh FOLDER NAME, inside of `unshare` (see chroot.py). All that is mounted here is gone with the
# namespaces; the control group NAME is the caller's to remove.
set -eu
root=$1
name=$2

mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"

# systemd takes the group that it finds itself in for the root of all.
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mkdir "$root/sys/fs/cgroup/$name"
echo 0 >"$root/sys/fs/cgroup/$name/cgroup.procs"
umount "$root/sys/fs/cgroup"
# shellcheck disable=SC2016 # The inner shell expands.
exec unshare --cgroup sh -euc '
  mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
  cd "$1"
  mkdir -p .before
  pivot_root . .before
  umount -l /.before
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=multi-user.target --show-status=0
' sh "$root" </dev/null
