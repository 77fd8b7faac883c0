import { describe, expect, it } from 'vitest';
import { versionsIn, versionsInFailure } from '../../../src/cni/version-reply.ts';
import { caught } from './caught.ts';

describe("a plugin's answer to VERSION", () => {
  it.each([
    ['{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}', ['0.4.0', '1.0.0']],
    ['{"cniVersion":"0.2.0","supportedVersions":["0.1.0"]}', ['0.1.0']],
    ['{"cniVersion":"0.2.0"}', ['0.1.0', '0.2.0']],
    ['{"cniVersion":"0.2.0","supportedVersions":null}', ['0.1.0', '0.2.0']],
  ])('%s lists %j', (text, versions) => {
    expect(versionsIn(text)).toEqual(versions);
  });

  it.each([
    ['', 'what it printed is no JSON object'],
    ['["1.0.0"]', 'what it printed is no JSON object'],
    ['{"supportedVersions":["1.0.0"]}', 'cniVersion is missing'],
    ['{"cniVersion":"","supportedVersions":["1.0.0"]}', 'cniVersion is missing'],
    ['{"cniVersion":1,"supportedVersions":["1.0.0"]}', 'cniVersion must be a string, not a number'],
    ['{"cniVersion":"1.0.0"}', 'supportedVersions is missing'],
    ['{"cniVersion":"1.0.0","supportedVersions":[]}', 'supportedVersions is missing'],
    [
      '{"cniVersion":"1.0.0","supportedVersions":"1.0.0"}',
      'supportedVersions must be an array, not a string',
    ],
    ['{"cniVersion":"1.0.0","supportedVersions":["1.0.0",1]}', 'supportedVersions[1] must be a string'],
  ])('%s is none: %s', (text, words) => {
    const { reason, code, message } = caught(() => versionsIn(text));
    expect([reason, code]).toEqual(['DelegateOutput', 6]);
    expect(message).toContain(words);
  });
});

describe('a failed VERSION', () => {
  it('of a plugin that has no such verb tells its version', () => {
    expect(versionsInFailure('{"code":100,"msg":"unknown CNI_COMMAND: VERSION"}')).toEqual(['0.1.0']);
  });

  it.each([
    '{"code":4,"msg":"unknown CNI_COMMAND: VERSION "}',
    '{"code":4,"msg":"no"}',
    '{}',
    'unknown CNI_COMMAND: VERSION',
    '',
  ])('that says %j tells nothing', (text) => {
    expect(versionsInFailure(text)).toBeUndefined();
  });
});
