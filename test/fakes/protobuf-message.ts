import { Buffer } from 'node:buffer';

/** A message as its fields in order: texts, messages in messages, numbers. Field numbers as in the .proto file. */
export type MessageFields = readonly (readonly [number: number, value: string | number | MessageFields])[];

/** The bytes that a Go server would send for it: written apart from src/agent/devices, which reads them. */
export function message(fields: MessageFields): Buffer {
  const parts = fields.map(([number, value]) => {
    if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
    const bytes = typeof value === 'string' ? Buffer.from(value) : message(value);
    return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
  });
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  let rest = BigInt(value);
  const bytes: number[] = [];
  do {
    const more = rest > 0x7fn;
    bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** What one container of a pod has. */
export interface FakeContainer {
  readonly devices?: Readonly<Record<string, readonly string[]>>;
  /** ResourceClaims: name → devices. */
  readonly claims?: Readonly<Record<string, readonly FakeClaimDevice[]>>;
}

export interface FakeClaimDevice {
  readonly cdi?: readonly string[];
  readonly driver?: string;
  readonly pool?: string;
  readonly device?: string;
}

/** PodResources, with the fields that weft passes over as well. */
export function podResourcesFields(
  namespace: string,
  name: string,
  containers: readonly FakeContainer[],
): MessageFields {
  return [
    [1, name],
    [2, namespace],
    ...containers.map((container, index) => [3, containerFields(container, index)] as const),
  ];
}

function containerFields({ devices = {}, claims = {} }: FakeContainer, index: number): MessageFields {
  return [
    [1, `container-${index}`],
    ...Object.entries(devices).map(([resource, ids]) => {
      const topology: MessageFields = [[1, [[1, 1]]]];
      return [2, [[1, resource], ...ids.map((id) => [2, id] as const), [3, topology]]] as const;
    }),
    [3, 7],
    [
      4,
      [
        [1, 'hugepages-1Gi'],
        [2, 1_073_741_824],
      ],
    ],
    ...Object.entries(claims).map(([claim, claimed]) => {
      const fields: MessageFields = [
        [2, claim],
        [3, 'default'],
        ...claimed.map((device) => [4, claimDeviceFields(device)] as const),
      ];
      return [5, fields] as const;
    }),
  ];
}

function claimDeviceFields({
  cdi = [],
  driver = '',
  pool = '',
  device = '',
}: FakeClaimDevice): MessageFields {
  const texts = [
    [2, driver],
    [3, pool],
    [4, device],
  ] as const;
  return [
    ...cdi.map((name) => [1, [[1, name]]] as const),
    ...texts.filter(([, text]) => text !== ''),
    [5, 'share-1'],
  ];
}
