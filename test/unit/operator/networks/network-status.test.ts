import { describe, expect, it } from 'vitest';
import { unavailability } from '../../../../src/operator/networks/network-status.ts';
import { projectNetwork } from '../../../../src/operator/sources/watched-network.ts';

const lacking = {
  type: 'Available',
  status: 'False',
  reason: 'NoInterface',
  observedGeneration: 2,
  message: 'no eth9',
};

function why(conditions: unknown): string | undefined {
  const metadata = { name: 'net', namespace: 'a', uid: 'u', generation: 2, resourceVersion: '7' };
  return unavailability(projectNetwork({ metadata, status: { conditions } }));
}

describe('unavailability', () => {
  it('is what the condition Available says where it is False', () => {
    expect(why([{ type: 'Valid', status: 'False', message: 'no' }, lacking])).toBe('no eth9');
  });

  it.each([
    ['it is True', [{ ...lacking, status: 'True' }]],
    ['it is Unknown', [{ ...lacking, status: 'Unknown' }]],
    ['the network has changed since', [{ ...lacking, observedGeneration: 1 }]],
    ['its configuration is at fault', [{ ...lacking, reason: 'NotValid' }]],
    ['another product writes the status', 'ready'],
    ['another product writes such a condition', [{ ...lacking, message: 5 }, null]],
    ['nobody has said it', undefined],
  ])('is not known where %s', (_, conditions) => {
    expect(why(conditions)).toBeUndefined();
  });
});
