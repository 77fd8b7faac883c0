import { describe, expect, it } from 'vitest';
import { ipNumber, ipText, networkText } from '../../../src/netconf/ip-range.ts';

describe('an address as text', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    // The zeros at the end of a group are no part of the run behind it.
    ['fd00:0:0:0:0:0:0:1', 'fd00::1'],
    ['2001:db8:10:0:0:0:0:20', '2001:db8:10::20'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ])('%s is %s, as RFC 5952 has it', (text, expected) => {
    const address = ipNumber(text);
    expect(address && ipText(address)).toBe(expected);
  });

  it.each([
    ['10.1.2.3/24', '10.1.2.0/24'],
    ['fd00::5/64', 'fd00::/64'],
    ['fd00:10::5/32', 'fd00:10::/32'],
    ['x', undefined],
  ])('of the network of %s is %s', (text, expected) => {
    expect(networkText(text)).toBe(expected);
  });
});
