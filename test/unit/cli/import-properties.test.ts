import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entrypointSettings } from '../../../src/cli/import-multus/entrypoint-arguments.ts';
import { importMultus } from '../../../src/cli/import-multus/import-multus.ts';
import { reportTable } from '../../../src/cli/import-multus/report.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { expectReadable } from '../../harness/refusal.ts';
import { importOf } from './import-fixture.ts';

const names = [
  'name',
  'cniVersion',
  'capabilities',
  'confDir',
  'cniDir',
  'binDir',
  'delegates',
  'clusterNetwork',
  'DefaultNetworks',
  'defaultNetworks',
  'kubeconfig',
  'logLevel',
  'logOptions',
  'readinessindicatorfile',
  'namespaceIsolation',
  'globalNamespaces',
  'systemNamespaces',
  'multusNamespace',
  'perNodeCertificate',
  'multusConfigFile',
  'cniConfigDir',
  'multusAutoconfigDir',
  'multusMasterCNI',
  'metricsPort',
  'connectionLimit',
  'toString',
  '__proto__',
  'constructor',
];

const text = fc.oneof(
  fc.constantFrom('', 'auto', '/host/etc/cni/net.d', '/a/b.conf', 'main', 'a,b'),
  fc.string(),
);
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc.array(text, { maxLength: 3 }),
  fc.array(fc.record({ type: text, name: text }, { requiredKeys: ['type'] }), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('maxAge', 'MAXAGE', 'certDir', 'other'), fc.jsonValue(), { maxKeys: 3 }),
  fc.jsonValue(),
);
const members = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), value), {
  maxLength: 12,
});

const plugin = fc.record({ type: fc.constantFrom('bridge', 'ptp'), name: text }, { requiredKeys: ['type'] });

/** Keys with values of the kind that Multus reads there, and unknown ones with anything. */
const soundMembers = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom('namespaceIsolation', 'logToStderr', 'retryDeleteOnError'), fc.boolean()),
    fc.tuple(
      fc.constantFrom('clusterNetwork', 'cniConfigDir'),
      fc.constantFrom('', '/host/etc/cni/net.d', 'main', '/a/b.conf'),
    ),
    fc.tuple(
      fc.constantFrom('globalNamespaces', 'logLevel', 'kubeconfig', 'multusConfigFile', 'logFile'),
      text,
    ),
    fc.tuple(
      fc.constantFrom('defaultNetworks', 'systemNamespaces'),
      fc.array(fc.constantFrom('a', 'b-c'), { maxLength: 3 }),
    ),
    fc.tuple(fc.constant('delegates'), fc.array(plugin, { maxLength: 3 })),
    fc.tuple(fc.constantFrom('logOptions', 'perNodeCertificate'), fc.dictionary(fc.string(), fc.jsonValue())),
    fc.tuple(fc.constantFrom('metricsPort', 'connectionLimit'), fc.integer()),
    fc.tuple(fc.constantFrom('name', 'ipam', 'x', 'toString', '__proto__', 'constructor'), fc.jsonValue()),
  ),
  { maxLength: 12 },
);

/** As text, since an object of JavaScript could not hold a key twice, nor `__proto__`. */
function jsonText(entries: readonly (readonly [string, unknown])[]): string {
  const all: readonly (readonly [string, unknown])[] = [...entries, ['type', 'multus']];
  return `{${all.map(([key, member]) => `${JSON.stringify(key)}: ${JSON.stringify(member)}`).join(', ')}}`;
}

describe('the report of an import', () => {
  it('has a row for every key of a configuration, whatever it is, or the configuration is refused as unusable', async () => {
    await fc.assert(
      fc.asyncProperty(members, async (entries) => {
        const rows = await rowsOf(jsonText(entries));
        if (rows === undefined) return;
        for (const [key, member] of entries) {
          const of = rows.filter(({ setting }) => setting.key === key || isInside(setting.key, key));
          expect(of.length).toBeGreaterThan(0);
          if (Array.isArray(member) && of.some(({ setting }) => setting.key === `${key}[0]`)) {
            expect(of.length).toBeGreaterThanOrEqual(member.length);
          }
          for (const row of of) expect(row.becomes).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has a row for every key of a configuration with which Multus works, which is never refused', async () => {
    await fc.assert(
      fc.asyncProperty(soundMembers, async (entries) => {
        const { rows, documents } = await importOf([jsonText(entries)]);
        for (const [key, member] of entries) {
          const of = rows.filter(({ setting }) => setting.key === key || isInside(setting.key, key));
          const parts =
            isOpened(key) && typeof member === 'object' && member !== null ? Object.keys(member) : [];
          expect(of.length).toBeGreaterThanOrEqual(Math.max(1, parts.length));
        }
        expect(documents.at(-1)?.kind).toBe('WeftConfig');
      }),
      { numRuns: 500 },
    );
  });

  it('has a row for every argument of the entrypoint', () => {
    const flag = fc.constantFrom(
      '--multus-conf-file',
      '--namespace-isolation',
      '--cni-conf-dir',
      '--new-flag',
      '-v',
      'x',
    );
    const words = fc.array(
      fc.oneof(
        flag,
        fc.tuple(flag, text).map(([name, word]) => `${name}=${word}`),
        text,
      ),
    );
    fc.assert(
      fc.property(words, (args) => {
        const settings = entrypointSettings('daemonset', args);
        const flags = args.filter((word) => word.startsWith('--') && word.length > 2);
        // A word after a flag with a value is that value, even if it looks like a flag, as for pflag.
        const taken = settings.map(({ key, value: said }) => `${key} ${String(said)}`).join('\n');
        for (const word of flags) expect(taken).toContain(word.replace(/=.*/s, ''));
        const facts = { mounts: [], neighbours: new Set<string>() };
        const result = attempt(() => importMultus({ settings, hasConfiguration: false }, facts));
        if (result !== undefined) expect(result.rows).toHaveLength(settings.length);
      }),
      { numRuns: 500 },
    );
  });

  it('shows every row in one line of the table', async () => {
    await fc.assert(
      fc.asyncProperty(members, async (entries) => {
        const rows = await rowsOf(jsonText(entries));
        if (rows === undefined) return;
        const table = reportTable({ rows, documents: [], flags: [] });
        expect(table.split('\n')).toHaveLength(rows.length + 2);
      }),
      { numRuns: 200 },
    );
  });
});

type Rows = Awaited<ReturnType<typeof importOf>>['rows'];

async function rowsOf(conf: string): Promise<Rows | undefined> {
  try {
    return (await importOf([conf])).rows;
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    expect(error.reason).toBe('MultusConfigInvalid');
    expectReadable(error.message);
    return undefined;
  }
}

function isInside(key: string, outer: string): boolean {
  return key.startsWith(`${outer}.`) || key.startsWith(`${outer}[`);
}

function isOpened(key: string): boolean {
  return ['delegates', 'defaultNetworks', 'logOptions', 'perNodeCertificate'].includes(key);
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof WeftError) return undefined;
    throw error;
  }
}
