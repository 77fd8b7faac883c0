import fc from 'fast-check';

/**
 * `make test` looks at 100 cases of every property, `make test-long` at 2000. A failing run prints seed and path, with
 * which it can be repeated.
 */
fc.configureGlobal({ numRuns: process.env['WEFT_LONG'] === '1' ? 2000 : 100 });
