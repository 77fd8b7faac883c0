import { describe, expect, it } from 'vitest';
import { httpsFlag } from '../../../src/daemon/flag-kinds.ts';

const flag = httpsFlag({ name: 'api-server', help: 'Where.', fallback: '' });

describe('the flag of an HTTPS server', () => {
  it.each([
    ['', ''],
    ['https://10.0.0.1:6443', 'https://10.0.0.1:6443'],
    ['https://api.example/', 'https://api.example'],
    ['https://[fd00::1]:6443', 'https://[fd00::1]:6443'],
  ])('takes %j', (text, value) => {
    expect(flag.parse(text)).toBe(value);
  });

  it.each([
    'http://10.0.0.1:6443',
    '10.0.0.1:6443',
    'https://',
    'https://u@h',
    'https://h/path',
    'https://h?q',
  ])('refuses %j', (text) => {
    expect(() => flag.parse(text)).toThrow('must be https://HOST:PORT');
  });
});
