import type { Closed } from './activity-contract.ts';
import type { RunMemo } from './contract.ts';

// What a run's memo says is closed: lines, and beside them the values, where every activity told them. An older worker
// tells lines alone.

type Shown = Pick<RunMemo, 'closed' | 'gaps'>;

/** Notes what is closed, in place of what was noted. */
export function nowClosed<Memo extends Shown>(memo: Memo, { closed, gaps }: Closed): Memo {
  if (gaps !== undefined && gaps.length === closed.length) return { ...memo, closed, gaps };
  // Null, not absent: what an upsert leaves out stays in Temporal.
  return { ...memo, closed, ...(memo.gaps ? { gaps: null } : {}) };
}

/** Adds what is closed beside. */
export function alsoClosed<Memo extends Shown>(memo: Memo, { closed = [], gaps = [] }: Partial<Closed>): Memo {
  const all = [...memo.closed, ...closed];
  const isTold = gaps.length === closed.length;
  return nowClosed(memo, { closed: all, ...(memo.gaps && isTold ? { gaps: [...memo.gaps, ...gaps] } : {}) });
}
