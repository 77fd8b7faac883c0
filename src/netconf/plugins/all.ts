import { awsCni } from './aws-cni.ts';
import { azureVnet } from './azure-vnet.ts';
import { bandwidth } from './bandwidth.ts';
import { bond } from './bond.ts';
import { bridge } from './bridge.ts';
import { calico } from './calico.ts';
import { ciliumCni } from './cilium-cni.ts';
import { dhcp } from './dhcp.ts';
import { dummy } from './dummy.ts';
import { firewall } from './firewall.ts';
import { flannel } from './flannel.ts';
import { hostDevice } from './host-device.ts';
import { hostLocal } from './host-local.ts';
import { ipvlan } from './ipvlan.ts';
import { loopback } from './loopback.ts';
import { macvlan } from './macvlan.ts';
import { ovs } from './ovs.ts';
import type { PluginSchema } from './plugin-schema.ts';
import { portmap } from './portmap.ts';
import { ptp } from './ptp.ts';
import { routeOverride } from './route-override.ts';
import { sbr } from './sbr.ts';
import { sriov } from './sriov.ts';
import { staticAddresses } from './static.ts';
import { tap } from './tap.ts';
import { tuning } from './tuning.ts';
import { vlan } from './vlan.ts';
import { vrf } from './vrf.ts';
import { weaveNet } from './weave-net.ts';
import { whereabouts } from './whereabouts.ts';

/** Every plugin that weft knows, by its `type`. A Map, because a type may be called `constructor`. */
export const pluginSchemas: ReadonlyMap<string, PluginSchema> = new Map(
  Object.entries({
    'aws-cni': awsCni,
    'azure-vnet': azureVnet,
    bandwidth,
    bond,
    bridge,
    calico,
    'cilium-cni': ciliumCni,
    dhcp,
    dummy,
    firewall,
    flannel,
    'host-device': hostDevice,
    'host-local': hostLocal,
    ipvlan,
    loopback,
    macvlan,
    ovs,
    portmap,
    ptp,
    'route-override': routeOverride,
    sbr,
    sriov,
    static: staticAddresses,
    tap,
    tuning,
    vlan,
    vrf,
    'weave-net': weaveNet,
    whereabouts,
  }),
);
