import { describe, expect, it } from 'vitest';
import { readRequest } from '../../../src/agent/sources/request-input.ts';
import type { RequestFrame } from '../../../src/wire/frame.ts';

function frame(env: Readonly<Record<string, string>>, stdin: string): RequestFrame {
  const basic = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c1',
    CNI_NETNS: '/n',
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/b',
  };
  return {
    v: 1,
    op: 'cni',
    type: 'request',
    sender: '0.1.0',
    verb: 'ADD',
    features: [],
    env: { ...basic, ...env },
    stdin,
  };
}

describe('a request', () => {
  it('gives runtimeConfig as text, so that large numbers stay', () => {
    const { request } = readRequest(
      frame({}, '{"cniVersion":"1.0.0","runtimeConfig":{"a": 9007199254740993 ,"b":[1]}}'),
    );
    expect(request.runtimeConfig).toEqual(
      new Map([
        ['a', '9007199254740993'],
        ['b', '[1]'],
      ]),
    );
    expect(request).toMatchObject({ containerId: 'c1', netns: '/n', ifname: 'eth0', cniVersion: '1.0.0' });
  });

  it('prefers the annotations of the runtime to those of CNI_ARGS', () => {
    const args = 'K8S_ANNOT={"x":"args"}';
    const given =
      '{"cniVersion":"1.0.0","runtimeConfig":{"io.kubernetes.cri.pod-annotations":{"x":"runtime"}}}';
    expect(readRequest(frame({ CNI_ARGS: args }, given)).handed).toEqual({ x: 'runtime' });
    expect(readRequest(frame({ CNI_ARGS: args }, '{"cniVersion":"1.0.0"}')).handed).toEqual({
      x: 'args',
    });
    expect(readRequest(frame({}, '{"cniVersion":"1.0.0","runtimeConfig":null}')).handed).toBeUndefined();
  });

  it('takes null as the word of the runtime that there are no annotations', () => {
    const given = '{"cniVersion":"1.0.0","runtimeConfig":{"io.kubernetes.cri.pod-annotations":null}}';
    expect(readRequest(frame({}, given)).handed).toEqual({});
    expect(readRequest(frame({ CNI_ARGS: 'K8S_ANNOT={"x":"args"}' }, given)).handed).toEqual({ x: 'args' });
  });

  it('takes annotations of the runtime that are empty as they are', () => {
    const given = '{"cniVersion":"1.0.0","runtimeConfig":{"io.kubernetes.cri.pod-annotations":{}}}';
    expect(readRequest(frame({ CNI_ARGS: 'K8S_ANNOT={"x":"args"}' }, given)).handed).toEqual({});
  });

  it('names the pod only where the runtime does', () => {
    const args = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=ns;K8S_POD_NAME=web';
    expect(readRequest(frame({ CNI_ARGS: args }, '{"cniVersion":"1.0.0"}')).pod).toEqual({
      namespace: 'ns',
      name: 'web',
      uid: '',
    });
    expect(readRequest(frame({}, '{"cniVersion":"1.0.0"}'))).not.toHaveProperty('pod');
  });

  it.each([
    [{ CNI_IFNAME: '' }, '{"cniVersion":"1.0.0"}', 'InvalidEnvironment'],
    [{}, '{"cniVersion":', 'InvalidJson'],
    [{}, '{}', 'InvalidConfig'],
    [{}, '{"cniVersion":"1.0.0","runtimeConfig":[]}', 'InvalidConfig'],
    [{ CNI_ARGS: 'K8S_ANNOT={"x":1}' }, '{"cniVersion":"1.0.0"}', 'InvalidAnnotation'],
    [{ CNI_ARGS: 'K8S_ANNOT=x' }, '{"cniVersion":"1.0.0"}', 'InvalidJson'],
  ])('%j %s is refused with %s', (env, stdin, reason) => {
    expect(() => readRequest(frame(env, stdin))).toThrow(expect.objectContaining({ reason }));
  });
});
