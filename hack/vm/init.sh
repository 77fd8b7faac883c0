#!/bin/busybox sh
# The first process of the machine: mounts, the disk if there is one, then Node with the cases (hack/vm/port.ts).
/bin/busybox --install -s /bin
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs -o mode=0755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
# The kernel asks for it when a link kind, a match or a table is used first.
ln -sf /bin/busybox /sbin/modprobe
modprobe virtio_pci
modprobe virtio_blk
if [ -b /dev/vda ]; then
  mount -t ext4 -o data=ordered /dev/vda /disk || echo 'init: the disk cannot be mounted'
fi
ip link set lo up
# Eight bits, no echo, nothing translated.
stty -F /dev/ttyS1 raw -echo
node /weft/test/vm/guest.mjs
echo "init: node ended with status $?"
poweroff -f
