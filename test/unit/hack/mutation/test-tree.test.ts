import { describe, expect, it } from 'vitest';
import {
  addHook,
  addSuite,
  addTest,
  registeredTests,
  registerFile,
  runTests,
} from '../../../../hack/mutation/test-tree.ts';

/** Registers a file of its own and gives what its tests and hooks said when they ran, and the failure. */
async function ran(name: string, register: (say: (word: string) => void) => void) {
  const said: string[] = [];
  // Other test files of this process register some, too.
  const file = `tree ${name}`;
  await registerFile(file, () => Promise.resolve(register((word) => said.push(word))));
  const tests = registeredTests().filter(({ id }) => id.startsWith(`${file}#`));
  const failure = await runTests(tests, { before: () => undefined, after: () => undefined });
  return { ids: tests.map(({ id }) => id), said, failure };
}

describe('the tests of a file', () => {
  it('run between their hooks as with vitest: once for all from outside, and around each', async () => {
    const { said, failure } = await ran('hooks', (say) => {
      addHook('beforeAll', () => say('file'));
      addHook('afterAll', () => say('end of file'));
      addHook('beforeEach', () => say('<'));
      addHook('afterEach', () => say('>'));
      addSuite('inner', () => {
        addHook('beforeAll', () => say('suite'));
        addHook('beforeEach', () => say('<<'));
        addHook('afterEach', () => say('>>'));
        addHook('afterAll', () => say('end of suite'));
        addTest('a', () => say('a'));
        addTest('b', async () => say(await Promise.resolve('b')));
      });
    });
    expect(failure).toBeUndefined();
    const around = (word: string): string[] => ['<', '<<', word, '>>', '>'];
    expect(said).toEqual(['file', 'suite', ...around('a'), ...around('b'), 'end of suite', 'end of file']);
  });

  it('have names of their own, with those of their suites', async () => {
    const { ids } = await ran('names', () => {
      addTest('same', () => undefined);
      addTest('same', () => undefined);
      addSuite('s', () => addSuite('t', () => addTest('same', () => undefined)));
      addTest('last', () => undefined);
    });
    expect(ids).toEqual([
      'tree names#same',
      'tree names#same (2)',
      'tree names#s > t > same',
      'tree names#last',
    ]);
  });

  it('end with the first that fails, which is named, after its hooks', async () => {
    const { said, failure } = await ran('failing', (say) => {
      addHook('afterEach', () => say('cleaned up'));
      addHook('afterAll', () => say('ended'));
      addTest('good', () => say('good'));
      addTest('bad', () => Promise.reject(new Error('no')));
      addTest('never', () => say('never'));
    });
    expect([failure?.test.id, failure?.message]).toEqual(['tree failing#bad', 'no']);
    expect(said).toEqual(['good', 'cleaned up', 'cleaned up', 'ended']);
  });

  it('fail with a hook that fails', async () => {
    const { failure } = await ran('failing hook', () => {
      addHook('beforeAll', () => {
        throw new Error('no ground to stand on');
      });
      addTest('a', () => undefined);
    });
    expect(failure?.message).toBe('no ground to stand on');
  });
});
