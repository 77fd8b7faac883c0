import type { JsonSchema } from './plugin-schema.ts';

/** What several plugins have in their schemas. */

export const boolean: JsonSchema = { type: 'boolean', description: 'true or false, without quotes' };

export const text: JsonSchema = { type: 'string', description: 'a text in quotes' };

export const path: JsonSchema = {
  type: 'string',
  description: 'an absolute path of the node, such as "/var/lib/cni"',
};

export const mtu: JsonSchema = {
  type: 'integer',
  format: 'mtu',
  description:
    'a number of bytes from 68 to 65535 without quotes, such as 1500; 0 or leaving it out takes the default',
};

export const vlan: JsonSchema = {
  type: 'integer',
  minimum: 0,
  maximum: 4094,
  finding: 'InvalidVlan',
  description: 'a VLAN ID from 0 to 4094 without quotes',
};

export const mac: JsonSchema = {
  type: 'string',
  format: 'mac',
  description: 'six bytes in hex, the first one even, such as "02:00:00:00:00:01"',
};

export const interfaceName: JsonSchema = {
  type: 'string',
  format: 'interface-name',
  description: 'an interface name of 1 to 15 bytes without "/", ":" and white space, such as "eth0"',
};

export const bridgeName: JsonSchema = {
  ...interfaceName,
  description: 'the name of a bridge, such as "br0"',
};

export const address: JsonSchema = {
  type: 'string',
  format: 'address',
  description: 'an IP address without prefix, such as "10.1.2.1"',
};

export const cidr: JsonSchema = {
  type: 'string',
  format: 'cidr',
  description: 'an address with its prefix, such as "10.1.2.0/24"',
};

export const pciAddress: JsonSchema = {
  type: 'string',
  format: 'pci-address',
  description: 'a PCI address such as "0000:03:00.1"',
};

/** `description` tells what the texts are. */
export function texts(description: string): JsonSchema {
  return { type: 'array', items: text, description };
}

/** One of a few words. */
export function oneOf(...words: readonly string[]): JsonSchema {
  return { type: 'string', enum: words, description: listed(words) };
}

/** An integer in a range. */
export function integer(minimum: number, maximum: number, what = 'a number'): JsonSchema {
  return {
    type: 'integer',
    minimum,
    maximum,
    description: `${what} from ${minimum} to ${maximum} without quotes`,
  };
}

/** CNI's routes, with what CNI 1.1.0 added to them. */
export const routes: JsonSchema = {
  type: 'array',
  description: 'a list of routes, such as [{"dst": "0.0.0.0/0"}]',
  items: {
    type: 'object',
    description: 'an object, such as {"dst": "10.2.0.0/16", "gw": "10.1.2.1"}',
    required: ['dst'],
    synonyms: { destination: 'dst', to: 'dst', gateway: 'gw', via: 'gw', metric: 'priority' },
    properties: {
      dst: { ...cidr, format: 'destination' },
      gw: address,
      mtu: { type: 'integer', minimum: 0, description: 'a number of bytes without quotes' },
      advmss: { type: 'integer', minimum: 0, description: 'a number of bytes without quotes' },
      priority: { type: 'integer', minimum: 0, description: 'a number without quotes' },
      table: { type: 'integer', minimum: 0, description: 'the number of a routing table, without quotes' },
      scope: integer(0, 255),
    },
  },
};

export const dns: JsonSchema = {
  type: 'object',
  description: 'an object, such as {"nameservers": ["10.1.2.53"]}',
  properties: {
    nameservers: texts('a list of addresses, such as ["10.1.2.53"]'),
    domain: text,
    search: texts('a list of domains, such as ["example.org"]'),
    options: texts('a list of options, such as ["ndots:2"]'),
  },
};

/** VLANs that pass a port: single ones and ranges. */
export const trunk: JsonSchema = {
  type: 'array',
  description: 'a list, such as [{"id": 10}, {"minID": 20, "maxID": 30}]',
  items: {
    type: 'object',
    description: 'an object, such as {"id": 10} or {"minID": 20, "maxID": 30}',
    properties: {
      id: { ...vlan, minimum: 1, description: 'a VLAN ID from 1 to 4094 without quotes' },
      minID: { ...vlan, minimum: 1, description: 'a VLAN ID from 1 to 4094 without quotes' },
      maxID: { ...vlan, minimum: 1, description: 'a VLAN ID from 1 to 4094 without quotes' },
    },
  },
};

export const addresses: JsonSchema = {
  type: 'array',
  description: 'a list, such as [{"address": "10.1.2.5/24"}]',
  items: {
    type: 'object',
    description: 'an object, such as {"address": "10.1.2.5/24", "gateway": "10.1.2.1"}',
    required: ['address'],
    synonyms: { ip: 'address', cidr: 'address', gw: 'gateway' },
    properties: {
      address: { ...cidr, description: 'the address of the pod with its prefix, such as "10.1.2.5/24"' },
      gateway: address,
    },
  },
};

function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
