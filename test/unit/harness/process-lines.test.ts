import { describe, expect, it } from 'vitest';
import { holdsName } from '../../harness/audit/process-lines.ts';

describe('a marker in the text of a process', () => {
  it.each([
    'KUBECONFIG=/c/.cluster/e2e/kubeconfig',
    '/c/.cluster/e2e',
    'a\0/c/.cluster/e2e\0b',
    '/c/.cluster/e2e-x:/c/.cluster/e2e:',
  ])('is found as a whole name: %j', (text) => {
    expect(holdsName(text, '/c/.cluster/e2e')).toBe(true);
  });

  it.each([
    '',
    '/c/.cluster/e2e-demo/kubeconfig',
    '/c/.cluster/e2e2',
    '/c/.cluster/e2e_1',
    '/c/.cluster/e2e.old',
  ])('is not found at the beginning of a longer name: %j', (text) => {
    expect(holdsName(text, '/c/.cluster/e2e')).toBe(false);
  });
});
