import { expect, it } from 'vitest';
import { liveProgress, type Output } from '../../src/cli/live-progress.ts';
import { progressLine } from '../../src/cli/progress-line.ts';
import type { ObjectProgress, RunMemo } from '../../workflows/contract.ts';

const START = new Date('2026-11-29T02:00:00Z');
const after = (seconds: number) => new Date(START.getTime() + seconds * 1000);

/** @param before the number of records that an earlier run has read */
function object(read: number, expected: number | null, done = false, before = 0): ObjectProgress {
  return { expected, read, added: read - before, changed: 0, renewed: 0, removed: 0, done };
}

function memo(progress: RunMemo['progress'], rest: Partial<RunMemo> = {}): Partial<RunMemo> {
  return { run: 3, kind: 'complete', headline: `run 3 · ${Object.keys(progress).join()}`, progress, ...rest };
}

const half = memo({ Account: object(30_000, 30_000, true), Contact: object(10_000, 40_000), Case: object(0, 20_000) });

it('a line shows objects, speed and time left', () => {
  expect(progressLine(half, START, after(10), 200)).toBe(
    'run 3, complete backfill · Account 30,000 ✓ · Contact 10,000 of 40,000 (25 %) · 4,000 records/s · 13 seconds left',
  );
});

it("the line does not count an earlier run's records as speed, and shows no time if the org has not counted", () => {
  const resumed = memo({
    Account: object(30_000, 30_000, true, 30_000),
    Contact: object(10_000, 40_000, false, 8_000),
  });
  expect(progressLine(resumed, START, after(10), 200)).toContain('200 records/s · 2.5 minutes left');
  const uncounted = memo({ Account: object(10_000, null) });
  expect(progressLine(uncounted, START, after(10), 200)).toBe(
    'run 3, complete backfill · Account 10,000 · 1,000 records/s',
  );
  const nothing = memo({ Account: object(10_000, 40_000, false, 10_000) });
  expect(progressLine(nothing, START, after(10), 200)).not.toMatch(/left|records/);
});

it('the line says what a run waits for, and fits a narrow terminal', () => {
  const waiting = memo({}, { headline: 'waiting for the API limit', waiting: { waitsFor: 'it', until: '' } });
  expect(progressLine(waiting, START, after(10), 200)).toBe('waiting for the API limit');
  const narrow = progressLine(half, START, after(10), 30);
  expect(narrow).toHaveLength(30);
  expect(narrow.endsWith('…')).toBe(true);
});

function output(isTTY: boolean): Output & { written: string } {
  const made = {
    isTTY,
    columns: 120,
    written: '',
    write(text: string | Uint8Array) {
      made.written += text;
      return true;
    },
  };
  return made;
}

it('on a terminal one line is redrawn, and lasting lines stay above it', () => {
  const screen = output(true);
  let seconds = 0;
  const progress = liveProgress(screen, () => after(seconds));
  progress.show(memo({ Account: object(100, 1_000) }), START);
  progress.show(memo({ Account: object(100, 1_000) }), START);
  progress.line('it has begun');
  seconds = 2;
  progress.show(memo({ Account: object(500, 1_000) }), START);
  progress.clear();
  expect(screen.written.split('\r\u001b[K')).toEqual([
    '',
    'run 3, complete backfill · Account 100 of 1,000 (10 %)',
    'it has begun\n',
    'run 3, complete backfill · Account 500 of 1,000 (50 %) · 250 records/s · 2 seconds left',
    '',
  ]);
});

it('without a terminal each headline is on its own line, printed once, and nothing is redrawn', () => {
  const log = output(false);
  const progress = liveProgress(log);
  progress.show({ headline: 'a' }, START);
  progress.show({ headline: 'a' }, START);
  progress.line('b');
  progress.show({ headline: 'c\u001b[2J' }, START);
  progress.show({ headline: 'failed', failure: 'x' }, START);
  progress.clear();
  expect(log.written).toBe('a\nb\nc [2J\n');
});
