import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptStage } from './screen-output.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Something that takes that long. */
function lasting(ms: number): () => Promise<void> {
  return async () => {
    await vi.advanceTimersByTimeAsync(ms);
  };
}

describe('something that takes its time', () => {
  it('is told every two seconds, as lines where it is no terminal', async () => {
    const { stage, text } = keptStage();
    await stage.screen.during('building', lasting(6900), () => 'about 3 min left');
    const lines = text().trimEnd().split('\n');
    // Never more than two seconds after the one before.
    expect(lines.length).toBeGreaterThanOrEqual(3);
    for (const line of lines) expect(line).toMatch(/^ {2}… building: \d+ s, about 3 min left$/);
  });

  it('is not told while it tells itself', async () => {
    const { stage, text } = keptStage();
    await stage.screen.during('building', async () => {
      for (const line of ['a', 'b', 'c']) {
        await lasting(1500)();
        stage.say(line);
      }
    });
    expect(text()).toBe('  a\n  b\n  c\n');
  });

  it('is one line on a terminal, shorter than it is wide, and erased at the end and before others', async () => {
    const { stage, text } = keptStage(true);
    await stage.screen.during(
      'building something with a name that is long',
      async () => {
        await lasting(3000)();
        stage.say('a line');
        await lasting(3000)();
      },
      () => 'about 3 min left',
    );
    stage.say('the end');
    const written = text();
    expect(written.match(/\n/g)).toHaveLength(2);
    expect(written).toContain('\r\u001b[K  a line\n');
    expect(written.endsWith('\r\u001b[K  the end\n')).toBe(true);
    const counters = written.split(/\r\u001b\[K|\n/).filter((part) => part.includes('…'));
    expect(counters.length).toBeGreaterThanOrEqual(4);
    for (const counter of counters) expect(counter.length).toBeLessThan(60);
  });

  it('ends with its error and no more counting', async () => {
    const { stage, text } = keptStage();
    await expect(stage.screen.during('failing', () => Promise.reject(new Error('in vain')))).rejects.toThrow(
      'in vain',
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(text()).toBe('');
  });
});

describe('colours', () => {
  it('are for terminals only', () => {
    for (const isTTY of [true, false]) {
      const { stage, text } = keptStage(isTTY);
      stage.scene('title');
      stage.claim('true', true);
      expect(text().includes('\u001b[')).toBe(isTTY);
    }
  });
});
