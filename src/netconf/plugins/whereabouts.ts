import { address, addresses, boolean, cidr, dns, integer, path, routes, text } from './fields.ts';
import type { JsonSchema, PluginSchema } from './plugin-schema.ts';

const exclude: JsonSchema = {
  type: 'array',
  items: { ...cidr, format: 'exclusion', description: 'a CIDR, for a single address such as "10.1.2.7/32"' },
  description: 'a list of CIDRs, such as ["10.1.2.0/28"]',
};

const range: Readonly<Record<string, JsonSchema>> = {
  range: {
    type: 'string',
    format: 'whereabouts-range',
    description: 'a CIDR, such as "10.1.2.0/24", or "10.1.2.10-10.1.2.90/24"',
  },
  range_start: address,
  range_end: address,
  exclude,
};

/** The range may come from a file of the node (`configuration_path`), so it is not required. */
export const whereabouts: PluginSchema = {
  role: 'ipam',
  schema: {
    type: 'object',
    synonyms: { subnet: 'range', cidr: 'range', ranges: 'ipRanges', start: 'range_start', end: 'range_end' },
    properties: {
      ...range,
      ipRanges: {
        type: 'array',
        description: 'a list of ranges, such as [{"range": "10.1.2.0/24"}]',
        items: {
          type: 'object',
          required: ['range'],
          synonyms: { subnet: 'range' },
          description: 'an object, such as {"range": "10.1.2.0/24"}',
          properties: range,
        },
      },
      gateway: address,
      routes,
      addresses,
      dns,
      datastore: text,
      node_slice_size: {
        type: 'string',
        pattern: '^/?[0-9]{1,3}$',
        finding: 'UnknownValue',
        description: 'a prefix length in quotes, such as "/26"',
      },
      network_name: text,
      log_file: path,
      log_level: text,
      enable_overlapping_ranges: boolean,
      leader_lease_duration: integer(0, 1_000_000, 'milliseconds'),
      leader_renew_deadline: integer(0, 1_000_000, 'milliseconds'),
      leader_retry_period: integer(0, 1_000_000, 'milliseconds'),
      sleep_for_race: integer(0, 1_000_000, 'seconds'),
      reconciler_cron_expression: text,
      configuration_path: path,
      kubernetes: {
        type: 'object',
        description: 'an object with "kubeconfig"',
        properties: { kubeconfig: path, k8s_api_root: text },
      },
      etcd_host: text,
      etcd_username: text,
      etcd_password: text,
      etcd_key_file: path,
      etcd_cert_file: path,
      etcd_ca_cert_file: path,
    },
  },
};
