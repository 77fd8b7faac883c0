import { describe, expect, it } from 'vitest';
import type { Labels } from '../../../src/api/label-selector.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { needsNamespaceLabels } from '../../../src/resolve/isolation.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import type { NetworkLookup, Snapshot } from '../../../src/resolve/snapshot.ts';
import { wantedNetworks } from '../../../src/resolve/wanted-attachment.ts';
import { defaultNetworkAnnotation } from '../../../src/selection/default-network-annotation.ts';
import { expectThrown } from '../../harness/thrown.ts';
import { snapshotOf } from './snapshots.ts';

const isolation = { enabled: true, globalNamespaces: ['shared'] };

/** `ns2/lan` with this annotation and nothing else. */
function opened(selector: string | undefined): NetworkLookup {
  return (namespace, name) =>
    `${namespace}/${name}` === 'ns2/lan'
      ? {
          metadata: {
            namespace,
            name,
            ...(selector !== undefined && { annotations: { 'weft.dev/allowed-namespaces': selector } }),
          },
          spec: { config: '{"type":"macvlan"}' },
        }
      : undefined;
}

/** A pod of ns1 that asks for `ns2/lan`. */
function asking(
  selector: string | undefined,
  labels?: Labels | WeftError,
  networks: NetworkLookup = opened(selector),
): Snapshot {
  const rest = labels === undefined ? { networks } : { networks, namespaceLabels: labels };
  return snapshotOf({ networks: 'ns2/lan', config: { isolation } }, rest);
}

const forbidden = {
  reason: 'NetworkForbidden',
  code: 7,
  names: ['network ns2/lan', 'namespace isolation'],
} as const;

describe('a network of another namespace under isolation', () => {
  it('is given to the namespaces that its selector selects, and to no others', () => {
    expect(resolve(asking('team=red', { team: 'red' })).steps).toHaveLength(2);
    expect(resolve(asking('*')).steps).toHaveLength(2);
    expectThrown(() => resolve(asking('team=red', { team: 'blue' })), forbidden);
    expectThrown(() => resolve(asking('team=red', {})), forbidden);
    expectThrown(() => resolve(asking(undefined, { team: 'red' })), forbidden);
  });

  it('is given to nobody where the selector cannot be read, and the message says why', () => {
    expectThrown(() => resolve(asking('team in red', { team: 'red' })), {
      ...forbidden,
      names: [
        ...forbidden.names,
        'weft.dev/allowed-namespaces is no label selector at "team in red"',
        'nobody',
      ],
    });
  });

  it('is refused as the reason says while the labels of the namespace cannot be known', () => {
    const down = new WeftError('ApiTimeout', { cause: 'no answer' });
    const error = expectThrown(() => resolve(asking('team=red', down)), {
      reason: 'ApiTimeout',
      code: 11,
      names: ['network ns2/lan', 'no answer'],
    });
    expect(error.retry).toBe('later');
    expectThrown(() => resolve(asking('team=red')), {
      reason: 'ApiUnreachable',
      code: 11,
      names: ['labels', 'ns1'],
    });
  });

  it('that does not exist or cannot be used is refused as one that does, so that nobody can look for names', () => {
    const messages = [
      asking(undefined),
      asking(undefined, undefined, () => undefined),
      asking(undefined, undefined, () => {
        throw new WeftError('NetworkInvalid', { cause: 'secret' });
      }),
    ].map((snapshot) => expectThrown(() => resolve(snapshot), forbidden).message);
    expect(new Set(messages).size).toBe(1);
  });

  it('of which nothing can be known now is to be tried again', () => {
    const unknown = asking(undefined, undefined, () => {
      throw new WeftError('ApiUnreachable', { cause: 'refused' });
    });
    expectThrown(() => resolve(unknown), { reason: 'ApiUnreachable', code: 11 });
  });

  it('is given in the place of the default network by the same rule', () => {
    const replacing = (selector: string): Snapshot => ({
      ...asking(selector, { team: 'red' }),
      annotations: { [defaultNetworkAnnotation]: 'ns2/lan' },
    });
    expect(resolve(replacing('team=red')).steps).toHaveLength(1);
    expectThrown(() => resolve(replacing('team=blue')), forbidden);
  });
});

describe('the labels of a namespace', () => {
  const needs = (snapshot: Snapshot): boolean => needsNamespaceLabels(wantedNetworks(snapshot), snapshot);

  it('are asked for only where a selector decides', () => {
    expect(needs(asking('team=red'))).toBe(true);
    for (const other of [undefined, '*', 'team in red']) expect(needs(asking(other))).toBe(false);
    expect(needs({ ...asking('team=red'), pod: { namespace: 'ns2', name: 'p', uid: 'u' } })).toBe(false);
    const open = snapshotOf({ networks: 'ns2/lan' }, { networks: opened('team=red') });
    expect(needs(open)).toBe(false);
    const unknown = asking(undefined, undefined, () => {
      throw new WeftError('ApiUnreachable', { cause: 'refused' });
    });
    expect(needs(unknown)).toBe(false);
  });
});
