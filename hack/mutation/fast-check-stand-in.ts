/** What unit tests import from `fast-check` when Stryker runs them: few cases, also where a test asks for thousands. */
import fastCheck from 'fast-check';

const all: typeof fastCheck = { ...fastCheck };
const { assert } = fastCheck;

function assertBriefly(
  property: Parameters<typeof assert>[0],
  parameters: Parameters<typeof assert>[1] = {},
): unknown {
  const { numRuns: _numRuns, ...rest } = parameters;
  return assert(property, rest);
}
Object.assign(all, { assert: assertBriefly });

// biome-ignore lint/style/noDefaultExport: the library's own form, in which tests import it.
export default all;
