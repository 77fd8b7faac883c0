import type { World } from './world.ts';

/** How a delegate's process ended. */
export interface DelegateExit {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A delegate at work: yields the milliseconds until its next effect. It can be killed at each yield. */
export type DelegateRun = Generator<number, DelegateExit>;

interface Conf {
  readonly name: string;
  readonly type: string;
  readonly cniVersion: string;
  /** Gives the interface a default route. */
  readonly gateway?: string;
  readonly prevResult?: object;
  /** ADD writes this text into the device information file. */
  readonly deviceInfo?: string;
  readonly runtimeConfig?: { readonly CNIDeviceInfoFile?: string };
  readonly 'cni.dev/valid-attachments'?: readonly { readonly containerID: string; readonly ifname: string }[];
}

/**
 * A delegate of the simulated world. `portmap` keeps one thing on the host, every other type an address and a link;
 * DEL is idempotent, removes exactly what ADD of the same network, container and interface made, and copes with a
 * sandbox that is gone, as the reference plugins do.
 */
export function* simulatedDelegate(
  world: World,
  environ: Readonly<Record<string, string>>,
  program: string,
  stdin: string,
): DelegateRun {
  const verb = environ['CNI_COMMAND'] ?? '';
  const ifname = environ['CNI_IFNAME'] ?? '';
  const containerId = environ['CNI_CONTAINERID'] ?? '';
  const netns = environ['CNI_NETNS'] ?? '';
  const type = program.slice(program.lastIndexOf('/') + 1);
  const [args, path] = [environ['CNI_ARGS'] ?? '', environ['CNI_PATH'] ?? ''];
  world.log.push({ verb, type, ifname, containerId, netns, args, stdin, program, path });
  const mood = world.moodOf(type, verb, ifname);
  const conf = JSON.parse(stdin) as Conf;
  const job: Job = { world, conf, ifname, containerId, netns };
  if (mood === 'hang') yield Number.POSITIVE_INFINITY;
  if (mood === 'fail') return failure(`${type} refuses ${verb} ${ifname}`);
  if (mood === 'garbage') return { status: 0, stdout: 'not a result', stderr: '' };
  yield 1;
  const exit = yield* workOf(verb)(job);
  return mood === 'fail-after-work' ? failure(`${type} fails after ${verb} ${ifname}`) : exit;
}

interface Job {
  readonly world: World;
  readonly conf: Conf;
  readonly ifname: string;
  readonly containerId: string;
  readonly netns: string;
}

/** As macvlan 1.9.1 makes a link, and renames it at last. */
function* underRandomName(links: Set<string>): Generator<number, void> {
  const name = 'veth0badcafe';
  links.add(name);
  yield 1;
  links.delete(name);
}

function* addWork(job: Job): DelegateRun {
  const { world, conf, ifname, netns } = job;
  const sandbox = world.sandboxes.get(netns);
  if (sandbox === undefined) return failure(`no namespace ${netns}`);
  world.allocations.add(holding(job));
  yield 1;
  const infoFile = conf.runtimeConfig?.CNIDeviceInfoFile;
  if (conf.deviceInfo !== undefined && infoFile !== undefined) world.disk.plant(infoFile, conf.deviceInfo);
  if (conf.type === 'portmap') return success(conf.prevResult ?? {});
  if (sandbox.links.has(ifname)) return failure(`${ifname} exists`);
  if (conf.type === 'macvlan') yield* underRandomName(sandbox.links);
  sandbox.links.add(ifname);
  yield 1;
  const routes = conf.gateway === undefined ? [] : [{ dst: '0.0.0.0/0', gw: conf.gateway }];
  if (conf.gateway !== undefined)
    sandbox.routes.push({ family: 4, ifname, gateway: conf.gateway, priority: 0 });
  yield 1;
  return success({
    cniVersion: conf.cniVersion,
    interfaces: [{ name: ifname, sandbox: netns }],
    ips: [
      {
        address: '10.0.0.5/24',
        interface: 0,
        ...(conf.gateway === undefined ? {} : { gateway: conf.gateway }),
      },
    ],
    ...(routes.length === 0 ? {} : { routes }),
  });
}

function* delWork(job: Job): DelegateRun {
  const { world, conf, ifname, netns } = job;
  const sandbox = world.sandboxes.get(netns);
  if (sandbox !== undefined && conf.type !== 'portmap') {
    sandbox.routes = sandbox.routes.filter((route) => route.ifname !== ifname);
    sandbox.links.delete(ifname);
    yield 1;
  }
  world.allocations.delete(holding(job));
  yield 1;
  return success(undefined);
}

/** Frees what this plugin holds of the network for attachments that are not listed, as the specification wants it. */
function* gcWork({ world, conf }: Job): DelegateRun {
  const valid = conf['cni.dev/valid-attachments'] ?? [];
  const kept = new Set(
    valid.map(({ containerID, ifname }) => `${conf.type} ${conf.name} ${containerID} ${ifname}`),
  );
  for (const held of [...world.allocations]) {
    if (!held.startsWith(`${conf.type} ${conf.name} `) || kept.has(held)) continue;
    world.allocations.delete(held);
    yield 1;
  }
  return success(undefined);
}

function* statusWork(): DelegateRun {
  yield 1;
  return success(undefined);
}

function workOf(verb: string): (job: Job) => DelegateRun {
  const works: Readonly<Record<string, (job: Job) => DelegateRun>> = {
    ADD: addWork,
    DEL: delWork,
    GC: gcWork,
    STATUS: statusWork,
    VERSION: versionWork,
  };
  return works[verb] ?? checkWork;
}

function* versionWork(): DelegateRun {
  yield 1;
  return success({ cniVersion: '1.0.0', supportedVersions: ['0.4.0', '1.0.0'] });
}

function* checkWork({ world, conf, ifname, netns }: Job): DelegateRun {
  yield 1;
  if (conf.type !== 'portmap' && world.sandboxes.get(netns)?.links.has(ifname) !== true)
    return failure(`${ifname} is gone`);
  return success(undefined);
}

function holding({ conf, containerId, ifname }: Job): string {
  return `${conf.type} ${conf.name} ${containerId} ${ifname}`;
}

function success(result: object | undefined): DelegateExit {
  return { status: 0, stdout: result === undefined ? '' : JSON.stringify(result), stderr: '' };
}

function failure(msg: string): DelegateExit {
  return { status: 1, stdout: JSON.stringify({ cniVersion: '1.0.0', code: 120, msg }), stderr: '' };
}
