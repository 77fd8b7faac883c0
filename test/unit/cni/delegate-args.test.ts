import { describe, expect, it } from 'vitest';
import { argsForDelegate } from '../../../src/cni/delegate-args.ts';

describe('CNI_ARGS of the default network', () => {
  it.each([
    '',
    'IgnoreUnknown=1;K8S_POD_NAME=a',
    'IgnoreUnknown=0;IP=10.0.0.1;MAC=x;GATEWAY=y',
    'A=1;IgnoreUnknown=true',
  ])('%j are those received [CNI-403]', (text) => {
    expect(argsForDelegate(text, true)).toBe(text);
  });

  it.each(['K8S_POD_NAME=a', 'IP=10.0.0.1', 'xIgnoreUnknown=1', 'nonsense'])(
    '%j let the plugin ignore what it does not know [CNI-403]',
    (text) => {
      expect(argsForDelegate(text, true)).toBe(`IgnoreUnknown=1;${text}`);
      expect(argsForDelegate('K8S_POD_NAME=a', false)).toBe('IgnoreUnknown=1;K8S_POD_NAME=a');
    },
  );
});

describe('CNI_ARGS of another network [CNI-239]', () => {
  it.each([
    ['', ''],
    ['IgnoreUnknown=1;K8S_POD_NAME=a', 'IgnoreUnknown=1;K8S_POD_NAME=a'],
    ['IP=10.0.0.1', ''],
    ['IgnoreUnknown=1;A=1;A=2', 'IgnoreUnknown=1;A=1;A=2'],
    [
      'IgnoreUnknown=1;IP=10.0.0.1;A=b=c;MAC=02:00:00:00:00:01;GATEWAY=10.0.0.9;Z=',
      'IgnoreUnknown=1;A=b=c;Z=',
    ],
    ['IPX=1;xIP=2;ip=3', 'IgnoreUnknown=1;IPX=1;xIP=2;ip=3'],
    ['K8S_ANNOT={"a":"x;IP=1"};IP=2', 'IgnoreUnknown=1;K8S_ANNOT={"a":"x;IP=1"}'],
  ])('of %j are %j', (text, rest) => {
    expect(argsForDelegate(text, false)).toBe(rest);
  });

  it.each(['IgnoreUnknown=1;IP=1;', 'IgnoreUnknown=1;IP=1;nonsense', 'IgnoreUnknown=1;IP=1;K8S_ANNOT={'])(
    'leave %j as it is: nobody can read it',
    (text) => {
      expect(argsForDelegate(text, false)).toBe(text);
    },
  );
});
