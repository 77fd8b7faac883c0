import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { e2ePosition, turnOf } from '../../../hack/test/file-order.ts';

const root = join(import.meta.dirname, '../../..');

describe('the order of the e2e tier', () => {
  it('has shared clusters first and clusters that are broken last', () => {
    const at = (path: string): number | undefined => e2ePosition(`/checkout/test/e2e/${path}`);
    expect(at('nodes.test.ts')).toBe(0);
    expect(at('weft/static-pod.test.ts')).toBe(1);
    expect(at('own-cluster/reboot.test.ts')).toBe(2);
  });

  it('leaves the other tiers alone', () => {
    expect(e2ePosition('/checkout/test/net/plugins.test.ts')).toBeUndefined();
    expect(e2ePosition('/checkout/test/unit/test/e2e.test.ts')).toBeUndefined();
  });

  it('knows every directory of the tier, and says so of another', () => {
    for (const file of globSync('test/e2e/**/*.test.ts', { cwd: root })) {
      expect(e2ePosition(join(root, file))).toBeGreaterThanOrEqual(0);
    }
    expect(() => e2ePosition('/checkout/test/e2e/new/one.test.ts')).toThrow('hack/test/file-order.ts');
  });
});

describe('the order of the other tiers', () => {
  const turns = globSync('test/*/**/*.test.ts', { cwd: root }).map((file) => turnOf(join(root, file)));

  it('has what waits long first, what measures memory last, and all else between', () => {
    expect(turns.filter((turn) => turn < 0).toSorted((a, b) => a - b)).toEqual([-4, -3, -2, -1]);
    expect(turns.filter((turn) => turn > 0)).toEqual([1]);
  });
});
