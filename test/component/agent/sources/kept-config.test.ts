import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptConfig } from '../../../../src/agent/sources/kube/kept-config.ts';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../../src/api/weft-config.ts';
import { silentLog } from '../../../../src/daemon/log.ts';
import { KubeScene } from './kube-scene.ts';

let stateDir: string;
let path: string;
beforeEach(() => {
  stateDir = mkdtempSync(`${tmpdir()}/weft-kept-`);
  path = `${stateDir}/weft-config.json`;
});
afterEach(() => rmSync(stateDir, { recursive: true }));

const spec = {
  defaultNetworks: ['infra/storage'],
  isolation: { enabled: true },
  timeBudgets: { plan: 3_000 },
};
/** What `spec` means. */
const inForce = {
  defaultNetworks: ['infra/storage'],
  isolation: { enabled: true, globalNamespaces: ['default'] },
  timeBudgets: { plan: 3_000, del: 50_000 },
};

function configObject(of: object): object {
  return { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig', metadata: { name: 'default' }, spec: of };
}

/** An agent of this node, from its start on. */
class Life {
  readonly keeper: KeptConfig;
  readonly scene: KubeScene;

  private constructor(keeper: KeptConfig) {
    this.keeper = keeper;
    this.scene = new KubeScene(keeper);
  }

  static async begin(version = '0.1.0'): Promise<Life> {
    return new Life(await KeptConfig.open(stateDir, version, silentLog));
  }

  /** One whose API server cannot be reached. */
  static async withoutApi(): Promise<Life> {
    const life = await Life.begin();
    for (const kind of ['networks', 'pods', 'config'] as const)
      await (await life.scene.call(kind)).break(new Error('connect ECONNREFUSED'));
    return life;
  }

  /** One that has read these objects, and written what it keeps. */
  static async withApi(...objects: readonly object[]): Promise<Life> {
    const life = await Life.begin();
    await life.scene.listed('config', ...objects);
    await life.keeper.idle();
    return life;
  }

  get current(): WeftConfigSpec | undefined {
    return this.scene.sources.config?.current();
  }

  /** What a pod gets. */
  config(asks: boolean): Promise<WeftConfigSpec> {
    return this.scene.plan.config(this.scene.budget(), asks);
  }

  /** Lines of `/readyz` that speak of WeftConfig. */
  get lines(): { readonly problems: readonly string[]; readonly warnings: readonly string[] } {
    const { sources } = this.scene;
    const ours = (line: string): boolean => line.includes('WeftConfig') || line.includes('weft-config.json');
    return { problems: sources.problems().filter(ours), warnings: sources.warnings().filter(ours) };
  }
}

function written(): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

describe('the WeftConfig that a node keeps', () => {
  it('is private, whole, and says which weft wrote it', async () => {
    await Life.withApi(configObject(spec));
    expect(written()).toEqual({ format: 1, weft: '0.1.0', present: true, spec });
    expect([statSync(path).mode & 0o7777, readdirSync(stateDir)]).toEqual([0o600, ['weft-config.json']]);
  });

  it('is in force where an agent starts while the API server is away: for every pod, with a warning', async () => {
    await Life.withApi(configObject(spec));
    const life = await Life.withoutApi();
    expect(life.current).toMatchObject(inForce);
    expect(await life.config(false)).toMatchObject(inForce);
    expect(await life.config(true)).toMatchObject(inForce);
    expect(life.lines).toEqual({
      problems: [],
      warnings: [expect.stringMatching('the one that this node kept is in force.*ECONNREFUSED')],
    });
  });

  it('gives way to what the API server says, and follows it', async () => {
    await Life.withApi(configObject(spec));
    const life = await Life.begin();
    expect(life.lines.warnings).toHaveLength(1);
    let changes = 0;
    life.scene.sources.onConfigChange(() => {
      changes += 1;
    });
    const watch = await life.scene.listed('config', configObject(spec));
    expect([changes, life.lines.warnings]).toEqual([0, []]);
    for (const plan of [2_000, 2_500]) {
      const object = life.scene.version(configObject({ timeBudgets: { plan } }));
      await watch.send({ type: 'MODIFIED', object });
    }
    expect([changes, life.current?.timeBudgets.plan]).toEqual([2, 2_500]);
    await life.keeper.idle();
    expect(written()).toMatchObject({ spec: { timeBudgets: { plan: 2_500 } } });
  });

  it('is that there is none, after the object was deleted', async () => {
    const first = await Life.begin();
    const watch = await first.scene.listed('config', configObject(spec));
    await watch.send({ type: 'DELETED', object: first.scene.version(configObject(spec)) });
    await first.keeper.idle();
    expect(written()).toEqual({ format: 1, weft: '0.1.0', present: false });
    const life = await Life.withoutApi();
    expect(await life.config(true)).toEqual(defaultWeftConfig());
    expect(life.lines.warnings).toEqual([expect.stringContaining('there was none')]);
  });

  it.each([
    ['a list without it', 200],
    ['a cluster without its kind', 404],
  ])('is that there is none, after %s', async (_, status) => {
    await Life.withApi(configObject(spec));
    const life = await Life.begin();
    const body = { metadata: { resourceVersion: '9' }, items: [] };
    await (await life.scene.call('config')).answer(status, status === 200 ? body : '404 page not found');
    await life.keeper.idle();
    expect([life.current, written()]).toEqual([
      defaultWeftConfig(),
      expect.objectContaining({ present: false }),
    ]);
  });

  it('stays in force and kept where the first object that an agent reads cannot be used', async () => {
    await Life.withApi(configObject(spec));
    const life = await Life.withApi(configObject({ isolation: { enabled: 'yes' } }));
    expect(await life.config(true)).toMatchObject(inForce);
    expect(life.scene.sources.config?.problem).toContain('spec.isolation.enabled');
    expect(written()).toMatchObject({ spec });
  });

  it('is not written again where nothing has changed, by whichever weft', async () => {
    await Life.withApi(configObject(spec));
    const { ino, mtimeMs } = statSync(path);
    const life = await Life.begin('0.2.0');
    const watch = await life.scene.listed('config', configObject(spec));
    const labelled = { ...configObject(spec), metadata: { name: 'default', labels: { a: 'b' } } };
    await watch.send({ type: 'MODIFIED', object: life.scene.version(labelled) });
    life.keeper.look();
    await life.keeper.idle();
    expect(statSync(path)).toMatchObject({ ino, mtimeMs });
  });
});

describe('a kept WeftConfig that cannot be used', () => {
  const whole = { format: 1, weft: '0.1.0', present: true, spec };

  it.each([
    ['cut off', JSON.stringify(whole).slice(0, -9)],
    ['empty', ''],
    ['of another format', JSON.stringify({ ...whole, format: 2 })],
    ['without its spec', JSON.stringify({ ...whole, spec: undefined })],
    ['with fields of a later weft', JSON.stringify({ ...whole, spec: { later: true } })],
  ])('as it is %s, counts as none, with a warning until it is replaced', async (_, text) => {
    writeFileSync(path, text);
    const life = await Life.withoutApi();
    expect(await life.config(false)).toEqual(defaultWeftConfig());
    await expect(life.config(true)).rejects.toMatchObject({ reason: 'ApiUnreachable' });
    expect(life.lines).toEqual({
      problems: [expect.stringContaining('read WeftConfig')],
      warnings: [expect.stringContaining(`${path} cannot be used: `)],
    });
    expect((await Life.withApi(configObject(spec))).lines.warnings).toEqual([]);
    expect(written()).toEqual(whole);
  });

  it('and cannot be replaced stays a warning, until a later try replaces it', async () => {
    mkdirSync(path);
    const life = await Life.withApi(configObject(spec));
    expect(life.current).toMatchObject(inForce);
    expect(life.lines.warnings).toEqual([expect.stringContaining(`${path} cannot be written: EISDIR`)]);
    rmSync(path, { recursive: true });
    life.keeper.look();
    await life.keeper.idle();
    expect([life.lines.warnings, written()]).toEqual([[], whole]);
  });
});
