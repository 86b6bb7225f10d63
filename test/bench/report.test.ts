import { describe, expect, it } from 'vitest';
import { percentile } from '../../tools/bench/percentile.ts';
import type { Answered } from '../../tools/bench/searching/messages.ts';
import { searchTable, together } from '../../tools/bench/searching/report.ts';
import { inTurns, sideBySide } from '../../tools/bench/side-by-side.ts';

describe('a percentile', () => {
  it('is the value that this part does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, nth) => nth + 1);
    expect([0.5, 0.95, 0.99, 1].map((part) => percentile(hundred, part))).toEqual([50, 95, 99, 100]);
    expect([percentile([7], 0.5), percentile([7], 0.999), percentile([], 0.5)]).toEqual([7, 7, 0]);
  });
});

describe('the table of figures', () => {
  const figures = [
    { name: 'wall time, s', digits: 1, of: ({ seconds }: { seconds: number }) => seconds },
    { name: 'calls', digits: 0, of: () => 0 },
  ];

  it('has the median of each side and the ratio of the first to the second', () => {
    const sides = [
      { name: 'this', rounds: [{ seconds: 9 }, { seconds: 3 }, { seconds: 4 }] },
      { name: 'other', rounds: [{ seconds: 8 }] },
    ];
    expect(sideBySide(figures, sides)).toBe(
      '              this  other  ratio\nwall time, s   4.0    8.0   0.50\ncalls            0      0      –\n',
    );
  });

  it('has no ratio for one side', () => {
    expect(sideBySide(figures, [{ name: 'this', rounds: [{ seconds: 1234 }] }])).toBe(
      '                 this\nwall time, s  1,234.0\ncalls               0\n',
    );
  });
});

describe('the table of searches', () => {
  const answered = (times: readonly number[], longest: number): Answered => ({
    times,
    hits: times.length,
    refused: 1,
    seconds: 2,
    cpuSeconds: 1,
    loopDelay: { p999: longest, longest },
  });

  it('sums up the questions as one', () => {
    expect(together([answered([1, 2], 5), answered([3], 4)])).toEqual({
      times: [1, 2, 3],
      hits: 3,
      refused: 2,
      seconds: 4,
      cpuSeconds: 2,
      loopDelay: { p999: 5, longest: 5 },
    });
  });

  it('has a row for each question and side, and the ratio once', () => {
    const side = (name: string, times: readonly number[]) => ({ name, answers: new Map([['q', answered(times, 9)]]) });
    const [head, one, other] = searchTable([side('this', [3, 1, 2]), side('other', [4, 4])]).split('\n');
    expect(head?.trim().split(/\s{2,}/)).toContain('p95 ratio');
    expect(one?.split(/\s{2,}/)).toEqual(['q', 'this', '2.0', '3.0', '3.0', '3.0', '2', '1.0', '9', '9', '3', '0.75']);
    expect(other?.trim().split(/\s{2,}/)).toEqual(['other', '4.0', '4.0', '4.0', '4.0', '1', '1.0', '9', '9', '2']);
  });
});

describe('turns', () => {
  it('are reversed in every second round', async () => {
    const turns: string[] = [];
    await inTurns(3, ['a', 'b'], async (side, round) => void turns.push(`${side}${round}`));
    expect(turns).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
  });
});
