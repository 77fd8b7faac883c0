import { describe, expect, it } from 'vitest';
import { isHardwareAddress } from '../../../src/cni/hardware-address.ts';

describe('isHardwareAddress', () => {
  it.each([
    ['02:00:5e:10:00:aF', 6],
    ['02-00-5E-10-00-af', 6],
    ['0200.5e10.00af', 6],
    ['02:00:5e:10:00:00:00:01', 8],
    ['0200.5e10.0000.0001', 8],
  ])('takes %s for one of %i bytes', (text, bytes) => {
    expect(isHardwareAddress(text, bytes)).toBe(true);
    expect(isHardwareAddress(text, bytes + 2)).toBe(false);
    expect(isHardwareAddress(text, bytes - 2)).toBe(false);
  });

  it.each([
    '',
    '02005e1000af',
    '02:00:5e:10:00',
    '02:00:5e:10:00:',
    '2:0:5e:10:0:af',
    '02:00-5e:10:00:af',
    '0200:5e10:00af',
    '0200.5e10.00ag',
    ' 02:00:5e:10:00:af',
    '02:00:5e:10:00:af\n',
  ])('takes %j for none', (text) => {
    expect(isHardwareAddress(text, 6)).toBe(false);
  });
});
