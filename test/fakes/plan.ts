import type {
  DefaultRouteStep,
  DelegateStep,
  DeviceRef,
  Plan,
  PluginCall,
  Sandbox,
  Step,
} from '../../src/attachment/plan.ts';

/** What a test says of one attachment; the rest follows. */
export interface FakeAttachment {
  readonly ifname: string;
  /** Configurations of the chain; each is an object with `type`, or the exact text. */
  readonly plugins: readonly (Readonly<Record<string, unknown>> | string)[];
  /** As the user writes it; default `test/<networkName>`. */
  readonly network?: string;
  readonly networkName?: string;
  readonly cniVersion?: string;
  readonly deadlineMs?: number;
  readonly disableCheck?: boolean;
  readonly disableGC?: boolean;
  readonly device?: DeviceRef;
  /** Types of the plugins that are told where the device information file is. */
  readonly informed?: readonly string[];
}

/** A plan as the agent would send it: the first attachment is the default network. */
export function planFor(
  sandbox: Sandbox,
  attachments: readonly FakeAttachment[],
  defaultRoute?: Pick<DefaultRouteStep, 'ifname' | 'gateways'>,
): Plan {
  const steps: Step[] = attachments.map((attachment, index) => delegateStep(attachment, index));
  if (defaultRoute !== undefined) {
    steps.push({ kind: 'default-route', id: 'default-route', deadlineMs: 10_000, ...defaultRoute });
  }
  return { sandbox, pod: { namespace: 'test', name: 'pod-a', uid: 'uid-a' }, steps };
}

function delegateStep(attachment: FakeAttachment, index: number): DelegateStep {
  const networkName = attachment.networkName ?? `net-${attachment.ifname}`;
  const cniVersion = attachment.cniVersion ?? '1.0.0';
  return {
    kind: 'delegate',
    id: `delegate-${index}`,
    deadlineMs: attachment.deadlineMs ?? 30_000,
    network: attachment.network ?? `test/${networkName}`,
    networkName,
    ifname: attachment.ifname,
    cniVersion,
    plugins: attachment.plugins
      .map((plugin) => pluginCall(plugin, networkName, cniVersion))
      .map((call) => (attachment.informed?.includes(call.type) ? { ...call, deviceInfoFile: true } : call)),
    disableCheck: attachment.disableCheck ?? false,
    ...(attachment.disableGC === undefined ? {} : { disableGC: attachment.disableGC }),
    isDefault: index === 0,
    ...(attachment.device && { device: attachment.device }),
  };
}

function pluginCall(
  plugin: Readonly<Record<string, unknown>> | string,
  name: string,
  cniVersion: string,
): PluginCall {
  if (typeof plugin === 'string') {
    const parsed = JSON.parse(plugin) as { type: string };
    return { type: parsed.type, config: plugin };
  }
  return { type: String(plugin['type']), config: JSON.stringify({ cniVersion, name, ...plugin }) };
}
