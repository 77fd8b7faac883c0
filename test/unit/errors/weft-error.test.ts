import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasonIn, toCniError, toDelError } from '../../../src/errors/cni-error.ts';
import { type Reason, reasons } from '../../../src/errors/reason.ts';
import { asWeftError, type Failure, fitMessage, WeftError } from '../../../src/errors/weft-error.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({
    unit: fc.constantFrom('\ud83d\ude00', '\ud83d', '\ude00', 'a', '\n', '\0', '\x9b', '\u2028'),
    maxLength: 400,
  }),
);
const anyFailure: fc.Arbitrary<Failure> = fc.record(
  { cause: anyText, network: anyText, step: anyText, remedy: anyText },
  { requiredKeys: ['cause'] },
);
const anyReason = fc.constantFrom(...(Object.keys(reasons) as Reason[]));

/** Line breaks of any kind, control characters, halves of surrogate pairs. */
const unprintable = /[\x00-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/u;

describe('the message of an error', () => {
  it('is one printable line under 300 characters, whatever it is about', () => {
    fc.assert(
      fc.property(anyReason, anyFailure, (reason, failure) => {
        const { message } = new WeftError(reason, failure);
        expect(message.length).toBeLessThan(300);
        expect(message).not.toMatch(unprintable);
      }),
      { numRuns: 1000 },
    );
  });

  it('names network, step, cause and remedy in this order', () => {
    const error = new WeftError('PluginMissing', {
      network: 'ns1/net-a',
      step: 'ADD net1',
      cause: 'plugin "x" is missing',
      remedy: 'install it',
    });
    expect(error.message).toBe('network ns1/net-a, ADD net1: plugin "x" is missing; install it');
  });

  it('takes the remedy of the registry where the thrower knows no better', () => {
    for (const reason of Object.keys(reasons) as Reason[]) {
      expect(new WeftError(reason, { cause: 'x' }).message).toBe(`x; ${reasons[reason].remedy}`);
    }
  });

  it('shortens a long cause and keeps the rest', () => {
    const error = new WeftError('NetworkInvalid', {
      cause: 'c'.repeat(1000),
      network: 'ns1/net-a',
      step: 'read',
    });
    expect(error.message).toMatch(
      /^network ns1\/net-a, read: c{50,}…; correct the NetworkAttachmentDefinition$/,
    );
    expect(error.message).toHaveLength(299);
  });

  it('leaves a text alone that just fits, and one unit more costs two', () => {
    expect(fitMessage('x'.repeat(299))).toBe('x'.repeat(299));
    expect(fitMessage('x'.repeat(300))).toBe(`${'x'.repeat(298)}…`);
  });

  it('has spaces for what would break the line, none at its ends, and everything else as it was', () => {
    expect(fitMessage('\n a\nb\u2028c \r\n')).toBe('a b c');
    for (const code of [0x00, 0x1f, 0x7f, 0x80, 0x9f, 0x2028, 0x2029, 0xd800, 0xdfff])
      expect(fitMessage(`a${String.fromCharCode(code)}b`), code.toString(16)).toBe('a b');
    for (const code of [0x21, 0x7e, 0xa1, 0x2027, 0x202a, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff])
      expect(fitMessage(`a${String.fromCodePoint(code)}b`), code.toString(16)).toBe(
        `a${String.fromCodePoint(code)}b`,
      );
  });

  it('looks at no more than the first 2000 units of what somebody says, however long that is', () => {
    expect(fitMessage(`${' '.repeat(1999)}xy`)).toBe('x');
  });

  it.each(['\u{10000}', '\u{10ffff}'])(
    'takes the first and the last pair of surrogates for one character',
    (pair) => {
      expect(fitMessage(`${'x'.repeat(297)}${pair}${pair}`)).toBe(`${'x'.repeat(297)}…`);
      expect(fitMessage(`${'x'.repeat(297)}${pair}yy`)).toBe(`${'x'.repeat(297)}…`);
      expect(fitMessage(`${'x'.repeat(296)}${pair}${pair}`)).toBe(`${'x'.repeat(296)}${pair}…`);
    },
  );

  it('never cuts inside a surrogate pair', () => {
    for (let pad = 0; pad < 3; pad += 1) {
      const text = `${'x'.repeat(pad)}${'\ud83d\ude00'.repeat(300)}`;
      const { message } = new WeftError('Internal', { cause: text, network: text, step: text, remedy: text });
      expect(message).not.toMatch(unprintable);
      expect(message.length).toBeLessThan(300);
    }
  });
});

describe('an error', () => {
  it('has the code and retry class of its reason, and the delegate\u2019s code where it is given [CNI-057]', () => {
    for (const reason of Object.keys(reasons) as Reason[]) {
      const error = new WeftError(reason, { cause: 'x' });
      expect([error.code, error.retry]).toEqual([reasons[reason].code, reasons[reason].retry]);
    }
    expect(new WeftError('DelegateFailed', { cause: 'x', code: 117 }).code).toBe(117);
  });

  it('seen from further out keeps what it knew and gains the rest', () => {
    const error = new WeftError('DelegateFailed', { cause: 'x', step: 'ADD net1', code: 117 });
    const outer = error.within({ network: 'ns1/net-a', step: 'outer' });
    expect([outer.failure.network, outer.failure.step, outer.code]).toEqual(['ns1/net-a', 'ADD net1', 117]);
  });

  it.each([new Error('boom'), 'boom', { toString: () => 'boom' }])('of a stranger is Internal', (thrown) => {
    const error = asWeftError(thrown);
    expect([error.reason, error.failure.cause]).toEqual(['Internal', 'boom']);
  });

  it('names its kind, and the error underneath where there is one', () => {
    const underneath = new Error('boom');
    expect(asWeftError(underneath).cause).toBe(underneath);
    expect(String(asWeftError(underneath))).toMatch(/^WeftError: boom; /);
    expect(new WeftError('Internal', { cause: 'x' })).not.toHaveProperty('cause');
  });

  it('of an engine without memory for an error object says so', () => {
    expect(asWeftError(null).failure.cause).toBe('out of memory');
  });

  it.each([null, undefined, Symbol('x'), 7])('of a stranger that is %s is Internal too', (thrown) => {
    expect(asWeftError(thrown).reason).toBe('Internal');
  });

  it('as a CNI document carries version, code, message and reason', () => {
    expect(toCniError(new WeftError('NotAttached', { cause: 'x' }), '0.4.0')).toEqual({
      cniVersion: '0.4.0',
      code: 3,
      msg: 'x; nothing needs to be cleaned up',
      details: 'reason=NotAttached',
    });
  });

  it('as a CNI document says in details what else failed, and whoever reads it finds the reason', () => {
    const failure = { cause: 'x', details: ['net1: gone', 'net2: busy'] };
    const document = toCniError(new WeftError('TeardownFailed', failure), '1.0.0');
    expect(document.details).toBe('reason=TeardownFailed; net1: gone; net2: busy');
    expect(reasonIn(document)).toBe('TeardownFailed');
  });

  it.each([
    ['what the runtime added: reason=NotAttached; more', 'NotAttached'],
    ['noreason=NotAttached', ''],
    ['reason=', ''],
    ['', ''],
    [undefined, ''],
  ])('with the details %j has the reason %j', (details, reason) => {
    expect(reasonIn({ details } as { details: string })).toBe(reason);
  });

  it('of DEL says the same in words that go-cni does not know [CNI-078]', () => {
    const failure = { cause: 'Not found: no such file or directory', remedy: 'wait' };
    expect(toDelError(new WeftError('TeardownFailed', failure), '1.0.0').msg).toBe('missing: ENOENT; wait');
  });

  it('of DEL has no words that go-cni takes for success [CNI-078]', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('not found', 'Not Found', 'no such file or directory', 'x', ' ')),
        (parts) => {
          const document = toDelError(new WeftError('TeardownFailed', { cause: parts.join('') }), '1.0.0');
          expect(JSON.stringify(document).toLowerCase()).not.toMatch(/not found|no such file or directory/);
          expect(document.msg.length).toBeLessThan(300);
        },
      ),
    );
  });
});

describe('the registry', () => {
  it('has a plain sentence, a usable code and a remedy that is shown whole for every reason', () => {
    for (const [reason, { code, summary, remedy }] of Object.entries(reasons)) {
      expect(code, reason).toBeGreaterThan(0);
      expect(summary, reason).not.toMatch(/\.$|\n/);
      expect(remedy.length, reason).toBeLessThanOrEqual(110);
    }
  });
});
