/** What unit tests import from `vitest` when Stryker runs them: the same words, registered in the test tree. */
import { format } from 'node:util';
import { type ExpectStatic, expect as vitestsOwn } from 'vitest';
import { addHook, addSuite, addTest } from './test-tree.ts';

type Body = (...values: readonly unknown[]) => unknown;
type Named = (title: string, body: Body) => void;
type Hook = (action: Body) => void;

interface WithCases extends Named {
  readonly each: (cases: readonly unknown[]) => Named;
}

export const expect: ExpectStatic = vitestsOwn;

export const describe: WithCases = withCases(addSuite);
export const it: WithCases = withCases(addTest);

export const beforeAll: Hook = (action) => addHook('beforeAll', action);
export const beforeEach: Hook = (action) => addHook('beforeEach', action);
export const afterEach: Hook = (action) => addHook('afterEach', action);
export const afterAll: Hook = (action) => addHook('afterAll', action);

/** Stryker has a limit of its own for what takes too long. */
export const vi: { readonly setConfig: () => void } = { setConfig: () => undefined };

function withCases(add: Named): WithCases {
  const each: WithCases['each'] = (cases) => (title, body) => {
    // Like vitest, which takes lists for lists of arguments if all of them are lists.
    const lists: readonly (readonly unknown[])[] = cases.every((values) => Array.isArray(values))
      ? cases
      : cases.map((value) => [value]);
    for (const [index, values] of lists.entries())
      add(`${titleOf(title, values)} [${index}]`, () => body(...values));
  };
  return Object.assign((title: string, body: Body): void => add(title, body), { each });
}

/** With the values that the title has places for. */
function titleOf(title: string, values: readonly unknown[]): string {
  const places = title.match(/%[sijo]/g)?.length ?? 0;
  return format(title, ...values.slice(0, places));
}
