import { asWeftError, type WeftError } from '../../../src/errors/weft-error.ts';

/** What `run` throws, as an error of ours; fails the test if it throws nothing. */
export function caught(run: () => unknown): WeftError {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    return asWeftError(error);
  }
  throw new Error(`nothing was thrown, but ${JSON.stringify(value)} returned`);
}
