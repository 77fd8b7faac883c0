import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delegateError, delegateWords, maxMessage } from '../../../src/cni/error-result.ts';

const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 300 }),
  fc.json(),
);
const exit = fc.oneof(
  fc.record({ status: fc.nat({ max: 255 }) }),
  fc.record({ signal: fc.nat({ max: 64 }) }),
);

describe('delegateError', () => {
  it('gives one printable line and a code above 0, whatever the delegate printed', () => {
    fc.assert(
      fc.property(noise, noise, exit, (stdout, stderr, end) => {
        const { code, message } = delegateError(stdout, stderr, end);
        expect(code).toBeGreaterThan(0);
        expect(message.length).toBeGreaterThan(0);
        expect(message.length).toBeLessThanOrEqual(maxMessage);
        expect(message.isWellFormed()).toBe(true);
        expect(message).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });

  it('[CNI-057] keeps the code of an error document', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.boolean(), (code, spaced) => {
        const stdout = JSON.stringify({ cniVersion: '1.0.0', code, msg: 'full' }, null, spaced ? 1 : 0);
        expect(delegateError(stdout, 'noise', { status: 1 })).toEqual({ code, message: 'full' });
      }),
    );
  });

  it.each([
    ['{"code":7,"msg":"no","details":"pool is full"}', 'noise', 7, 'no; pool is full'],
    ['{"code":7,"details":"pool is full"}', 'noise', 7, 'pool is full'],
    ['{"code":7,"msg":"no","details":5}', 'noise', 7, 'no'],
    ['{"code":7,"msg":" \\n"}', 'a\nlast words\n \n', 7, 'exit status 2: last words'],
    ['{}', '', 100, 'exit status 2, no message'],
    ['{"code":-3,"msg":"no"}', '', 100, 'no'],
    ['{"code":1.5,"msg":"no"}', '', 100, 'no'],
    ['[7]', 'why', 100, 'exit status 2, no error document but [7]'],
    [' \n', 'first\nsecond', 100, 'exit status 2: second'],
    ['', ' \n\t\n', 100, 'exit status 2, no message'],
  ])('reads %j, then %j, as %i: %s', (stdout, stderr, code, message) => {
    expect(delegateError(stdout, stderr, { status: 2 })).toEqual({ code, message });
  });

  it.each([
    ['many   spaces\tand\r\nlines ', 'many spaces and lines'],
    ['bell\u0007, delete\u007f and next line\u0085', 'bell , delete and next line'],
    ['first and last printable  ~\u00a0é', 'first and last printable ~\u00a0é'],
    ['lone \ud800 and \udfff, beside \ud7ff and \ue000', 'lone and , beside \ud7ff and \ue000'],
    ['\u{1f600} is one character, \ufffd is none', '\u{1f600} is one character, is none'],
    ['abc\u0000', 'abc'],
    ['ab\u0000', '3 characters that are not text'],
    ['a\n\t\r', 'a'],
  ])('makes one printable line of %j', (text, line) => {
    const { message } = delegateError(text, '', { status: 1 });
    expect(message).toBe(`exit status 1, no error document but ${line}`);
  });

  it('cuts what is too long between characters', () => {
    const said = (msg: string): string =>
      delegateError(JSON.stringify({ code: 7, msg }), '', { status: 1 }).message;
    expect(said('x'.repeat(200))).toBe('x'.repeat(200));
    expect(said('x'.repeat(201))).toBe(`${'x'.repeat(199)}…`);
    expect(said(`${'x'.repeat(198)}😀😀`)).toBe(`${'x'.repeat(198)}…`);
    expect(said(`${'x'.repeat(197)}😀😀`)).toBe(`${'x'.repeat(197)}😀…`);
  });

  it('looks at the end of stderr, where programs say what stopped them', () => {
    const stderr = `${'x'.repeat(5000)}\nlast`;
    expect(delegateError('', stderr, { signal: 9 }).message).toBe('killed by signal 9: last');
  });

  it('does not read a flood to its end', () => {
    const flood = `${'x'.repeat(5000)}\n`.repeat(2000);
    const started = performance.now();
    expect(delegateError('', flood, { signal: 15 }).message).toHaveLength(maxMessage);
    expect(performance.now() - started).toBeLessThan(100);
  });
});

describe('delegateWords', () => {
  it('are those of the document, unmodified', () => {
    const words = { code: 50, msg: ' not\nyet', details: 'pool' };
    expect(delegateWords(JSON.stringify({ cniVersion: '1.1.0', ...words, more: 1 }))).toEqual(words);
    expect(delegateWords('{"code":1,"msg":"no","details":3}')).toEqual({ code: 1, msg: 'no', details: '' });
  });

  it.each([
    '',
    'oh',
    '[]',
    '{}',
    '{"msg":"no"}',
    '{"code":"50","msg":"no"}',
    '{"code":0,"msg":"no"}',
    '{"code":1.5,"msg":"no"}',
    '{"code":50}',
    '{"code":50,"msg":""}',
    '{"code":50,"msg":7}',
  ])('are not in %j', (stdout) => {
    expect(delegateWords(stdout)).toBeUndefined();
  });
});
