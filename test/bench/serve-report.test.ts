import { describe, expect, it } from 'vitest';
import type { Timed } from '../../tools/bench/searching/messages.ts';
import { asOne, serveTable } from '../../tools/bench/searching/serve-report.ts';

const timed = (times: readonly number[], seconds: number): Timed => ({
  times,
  hits: times.length,
  refused: 1,
  seconds,
  cpuSeconds: 0.5,
});

describe('the figures of a server', () => {
  it('are those of all rounds', () => {
    expect(asOne([timed([1, 2], 3), timed([4], 5)])).toEqual({ ...timed([1, 2, 4], 8), refused: 2, cpuSeconds: 1 });
  });

  it('are beside those of the library, with their ratio', () => {
    const text = serveTable([
      { atOnce: 1, server: timed([4, 2, 6, 8], 2), library: timed([1, 2, 3, 4], 1) },
      { atOnce: 32, server: timed([1], 1), library: timed([], 1) },
    ]);
    const cells = text.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(cells).toEqual([
      ['server', 'library', 'ratio'],
      ['1 at once', 'searches a second', '2', '4', '0.50'],
      ['p50, ms', '4.0', '2.0', '2.00'],
      ['p95, ms', '8.0', '4.0', '2.00'],
      ['CPU of a search, ms', '125.00', '125.00', '1.00'],
      ['32 at once', 'searches a second', '1', '0', '–'],
      ['p50, ms', '1.0', '0.0', '–'],
      ['p95, ms', '1.0', '0.0', '–'],
      ['CPU of a search, ms', '500.00', '∞', '0.00'],
      [''],
    ]);
  });
});
