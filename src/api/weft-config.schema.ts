import { z } from 'zod';
import { labelPattern } from './dns-name.ts';
import type { WeftConfig } from './weft-config.ts';

/** `namespace/name`; the lengths are the API server's concern. */
const nadReference = `${body(labelPattern)}/[a-z0-9]([-.a-z0-9]*[a-z0-9])?`;

/** A CNI network name (CNI-033). */
const networkName = '[A-Za-z0-9][A-Za-z0-9_.-]*';

/** A CNI configuration of the node, by its path; the ending keeps a directory from being named (CNI-200). */
const confPath = '/[ -~]+\\.(conf|conflist|json)';

/** Printable, without ":", which parts the directories of a CNI_PATH. */
const absolutePath = /^\/[ -9;-~]*$/;

/** A bare file name, as CNI finds plugins. */
const pluginType = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

/** A glob for names of interfaces and devices: printable, no white space; `*` stands for any characters. */
const parentPattern = /^[!-~]{1,255}$/;

/** An absolute directory, not the root, none of its parts with a dot in front: `..` would lead elsewhere. */
const hostDirectory = /^(\/[!--0-9;-~][!-.0-9;-~]*)+$/;

/** A time budget in whole milliseconds. The ranges keep a typing error from switching a promise of DESIGN §3.1 off. */
function budget(min: number, fallback: number, max: number, what: string): z.ZodDefault<z.ZodInt> {
  return z
    .int()
    .min(min)
    .max(max)
    .describe(`${what}, milliseconds; ${fallback} by default.`)
    .default(fallback);
}

/** A list in which one that is there twice is a mistake; the API server refuses it, too. */
function distinct(list: z.ZodArray<z.ZodString>): z.ZodArray<z.ZodString> {
  return list.refine((names) => new Set(names).size === names.length).meta({ uniqueItems: true });
}

const isolation = z
  .strictObject({
    enabled: z
      .boolean()
      .describe('True: a pod may use networks of its own and of global namespaces only.')
      .default(false),
    globalNamespaces: distinct(z.array(z.string().regex(labelPattern)))
      .describe('Namespaces whose networks every pod may use; by default: default.')
      .default(['default']),
  })
  .describe("Which namespaces' networks a pod may use.");

const tenancy = z
  .strictObject({
    enabled: z
      .boolean()
      .describe('True: networks that are defined outside exemptNamespaces may name only what is listed here.')
      .default(false),
    exemptNamespaces: distinct(z.array(z.string().regex(labelPattern)))
      .describe('Namespaces whose networks and pods these rules do not bind; by default: kube-system.')
      .default(['kube-system']),
    pluginTypes: z
      .array(z.string().regex(pluginType))
      .max(256)
      .describe(
        'Plugins that such a network may name, those for addresses (ipam) among them; by default none.',
      )
      .default([]),
    parentInterfaces: z
      .array(z.string().regex(parentPattern))
      .max(256)
      .describe(
        'Interfaces, bridges and devices of the node that such a network may name, * stands for any characters; by default none.',
      )
      .default([]),
    ipamDirectories: z
      .array(z.string().regex(hostDirectory))
      .max(256)
      .describe(
        'Directories of the node in which every path must lie that such a network names; by default none.',
      )
      .default([]),
  })
  .describe("What a namespace's own networks may name on the node.");

const timeBudgets = z
  .strictObject({
    connect: budget(1, 100, 5000, 'Connecting to the agent'),
    plan: budget(100, 4800, 30_000, "Waiting for the agent's plan"),
    lock: budget(100, 20_000, 60_000, "Waiting for the sandbox's lock"),
    delegate: budget(100, 30_000, 110_000, 'One delegate'),
    // The kubelet gives a sandbox two minutes.
    add: budget(1000, 60_000, 110_000, 'ADD with its rollback'),
    // containerd gives a teardown 60 s; what it kills it cannot be told about.
    del: budget(1000, 50_000, 58_000, 'DEL'),
    // The kubelet's status path asks every 5 s.
    status: budget(50, 1000, 4000, 'STATUS'),
    done: budget(0, 1000, 10_000, 'Waiting after ADD until the status of the pod is written'),
  })
  .describe('How long each part of a request may take.');

/** Strict: a mistyped switch must not be taken for its default. The defaults are filled in by the validator. */
export const weftConfigSchema: z.ZodType<WeftConfig> = z
  .strictObject({
    apiVersion: z.literal('weft.dev/v1alpha1'),
    kind: z.literal('WeftConfig'),
    metadata: z.looseObject({ name: z.string().exactOptional() }).exactOptional(),
    spec: z
      .strictObject({
        defaultNetwork: z
          .string()
          .regex(whole(`${networkName}|${nadReference}|${confPath}`))
          .describe(
            'The default network: CNI name or path of a file on the node, or NAMESPACE/NAME of a NetworkAttachmentDefinition; absent: the only candidate on the node.',
          )
          .exactOptional(),
        defaultNetworks: z
          .array(z.string().regex(whole(`${networkName}|${nadReference}`)))
          .max(31)
          .describe(
            'Networks that every pod outside systemNamespaces gets after the default network, in this order: NAMESPACE/NAME, or the CNI name of a file of --network-conf-dir.',
          )
          .default([]),
        defaultNetworkNamespace: z
          .string()
          .regex(labelPattern)
          .describe(
            'Namespace of a network that the annotation v1.multus-cni.io/default-network names without one; kube-system by default.',
          )
          .default('kube-system'),
        systemNamespaces: distinct(z.array(z.string().regex(labelPattern)))
          .describe('Pods of these namespaces get none of defaultNetworks; by default: kube-system.')
          .default(['kube-system']),
        readinessIndicatorFile: z
          .string()
          .regex(absolutePath)
          .describe(
            'A file that the default network makes when it is ready, as the agent sees it: before, no pod is attached, and weft does not become the CNI plugin of the node.',
          )
          .exactOptional(),
        pluginDirs: distinct(z.array(z.string().regex(absolutePath)).max(8))
          .describe("Directories of CNI plugins on the node, searched after the runtime's own.")
          .default([]),
        isolation: isolation.prefault({}),
        tenancy: tenancy.prefault({}),
        agentAwayTaint: z
          .boolean()
          .describe(
            'True: the operator keeps new pods from a node whose agent is away, by the taint weft.dev/agent-away; true by default.',
          )
          .default(true),
        timeBudgets: timeBudgets.prefault({}),
      })
      .describe('What is absent has its default.')
      .prefault({}),
  })
  .describe('How weft behaves in this cluster.');

function whole(alternatives: string): RegExp {
  return new RegExp(`^(${alternatives})$`);
}

function body(pattern: RegExp): string {
  return pattern.source.slice(1, -1);
}
