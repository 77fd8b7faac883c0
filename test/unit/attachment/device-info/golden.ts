/** Device information files as device plugins and CNI plugins write them, by what they are. */
export const golden: Readonly<Record<string, object>> = {
  'pci with all keys, 1.1.0': {
    type: 'pci',
    version: '1.1.0',
    pci: {
      'pci-address': '0000:18:02.5',
      'vhost-net': '/dev/vhost-net',
      'rdma-device': 'mlx5_2',
      'pf-pci-address': '0000:18:02.0',
      'representor-device': 'eth3',
    },
  },
  'pci with the address alone, 1.0.0': {
    type: 'pci',
    version: '1.0.0',
    pci: { 'pci-address': '0000:18:02.5' },
  },
  'vdpa, 1.1.0': {
    type: 'vdpa',
    version: '1.1.0',
    vdpa: {
      'parent-device': 'vdpa0',
      driver: 'vhost',
      path: '/dev/vhost-vdpa-0',
      'pci-address': '0000:65:00.3',
      'pf-pci-address': '0000:65:00.0',
      'representor-device': 'eth3',
    },
  },
  'vdpa with the `device` of 1.0': {
    type: 'vdpa',
    version: '1.0.0',
    vdpa: { 'parent-device': 'vdpa1', driver: 'virtio', path: '/dev/vdpa1', device: 'eth1' },
  },
  'vhost-user as client': {
    type: 'vhost-user',
    version: '1.1.0',
    'vhost-user': { mode: 'client', path: '/run/ovs/a.sock' },
  },
  'vhost-user as server': {
    type: 'vhost-user',
    version: '1.0.0',
    'vhost-user': { mode: 'server', path: '/run/ovs/b.sock' },
  },
  'memif as master, ethernet': {
    type: 'memif',
    version: '1.1.0',
    memif: { role: 'master', path: '/run/vpp/a.sock', mode: 'ethernet' },
  },
  'memif as slave, ip': {
    type: 'memif',
    version: '1.0.0',
    memif: { role: 'slave', path: '/run/vpp/b.sock', mode: 'ip' },
  },
  'memif in a mode of its own': {
    type: 'memif',
    version: '1.1.0',
    memif: { role: 'slave', path: '/run/vpp/c.sock', mode: 'inject-punt' },
  },
  "memif in the reference library's spelling of that mode": {
    type: 'memif',
    version: '1.1.0',
    memif: { role: 'slave', path: '/run/vpp/c.sock', mode: 'punt' },
  },
};
