import { describe, expect, it } from 'vitest';
import { registeredTests, registerFile, runTests } from '../../../../hack/mutation/test-tree.ts';
import * as standIn from '../../../../hack/mutation/vitest-stand-in.ts';

/** What the tests that `register` makes are called and what they say. */
async function said(file: string, register: (say: (...values: readonly unknown[]) => void) => void) {
  const heard: unknown[] = [];
  await registerFile(file, () => Promise.resolve(register((...values) => heard.push(values))));
  const tests = registeredTests().filter(({ id }) => id.startsWith(`${file}#`));
  await runTests(tests, { before: () => undefined, after: () => undefined });
  return { names: tests.map(({ id }) => id.slice(file.length + 1)), heard };
}

describe('the stand-in for vitest', () => {
  it('gives each case to the body, spread where every case is a list', async () => {
    const { heard } = await said('cases', (say) => {
      standIn.it.each([
        [1, 'a'],
        [2, 'b'],
      ])('lists', say);
      standIn.it.each([['x'], 'y'])('mixed', say);
    });
    expect(heard).toEqual([[1, 'a'], [2, 'b'], [['x']], ['y']]);
  });

  it('tells cases apart by their place, also those of suites', async () => {
    const { names } = await said('names', () => {
      standIn.describe.each(['a', 'b'])('suite %s', (value) => {
        standIn.it(`of ${String(value)}`, () => undefined);
      });
      standIn.it.each([{}, {}])('same', () => undefined);
    });
    expect(names).toEqual(['suite a [0] > of a', 'suite b [1] > of b', 'same [0]', 'same [1]']);
  });

  it('runs hooks around tests', async () => {
    const { heard } = await said('hooks', (say) => {
      standIn.beforeAll(() => say('first'));
      standIn.beforeEach(() => say('before'));
      standIn.afterEach(() => say('after'));
      standIn.afterAll(() => say('last'));
      standIn.it('x', () => say('x'));
    });
    expect(heard.flat()).toEqual(['first', 'before', 'x', 'after', 'last']);
  });
});
