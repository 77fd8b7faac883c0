import { boolean, integer, oneOf, path, text, texts } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

const count = { type: 'integer', minimum: 0, description: 'a number without quotes' } as const;

export const calico: PluginSchema = {
  role: 'cluster',
  schema: {
    type: 'object',
    properties: {
      mode: text,
      vxlan_mac_prefix: text,
      vxlan_vni: count,
      mtu: integer(0, 65_535, 'a number of bytes'),
      num_queues: count,
      nodename: text,
      nodename_file: path,
      nodename_file_optional: boolean,
      ipam_lock_file: path,
      datastore_type: oneOf('kubernetes', 'etcdv3'),
      etcd_endpoints: text,
      etcd_discovery_srv: text,
      etcd_scheme: text,
      etcd_key_file: path,
      etcd_cert_file: path,
      etcd_ca_cert_file: path,
      etcd_authority: text,
      hostname: text,
      log_level: text,
      log_file_path: path,
      log_file_max_size: count,
      log_file_max_age: count,
      log_file_max_count: count,
      policy: {
        type: 'object',
        properties: { type: text },
        description: 'an object, such as {"type": "k8s"}',
      },
      kubernetes: {
        type: 'object',
        properties: { kubeconfig: path, k8s_api_root: text, node_name: text },
        description: 'an object with "kubeconfig"',
      },
      feature_control: {
        type: 'object',
        properties: { ip_addrs_no_ipam: boolean, floating_ips: boolean },
        description: 'an object, such as {"floating_ips": true}',
      },
      container_settings: {
        type: 'object',
        properties: { allow_ip_forwarding: boolean },
        description: 'an object, such as {"allow_ip_forwarding": true}',
      },
      include_default_routes: boolean,
      dataplane_options: { type: 'object', description: 'an object' },
      readiness_gates: texts('a list of URLs'),
      policy_setup_timeout_seconds: count,
      endpoint_status_dir: path,
      require_mtu_file: boolean,
      windows_use_single_network: boolean,
      windows_disable_default_deny_all_policy: boolean,
      windows_loopback_DSR: boolean,
      windows_pod_deletion_timestamp_timeout: count,
    },
  },
};
