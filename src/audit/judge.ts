import type { Border } from '../index/inspector.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Pair } from './draw.ts';
import { groupBy } from './group-by.ts';

/** `unanswered`: Salesforce has no row for it, which says neither yes nor no. */
type Verdict = 'agree' | 'leak' | 'loss' | 'unanswered';

export interface Judged extends Pair {
  readonly verdict: Verdict;
}

export interface Counts {
  readonly asked: number;
  readonly agree: number;
  readonly leaks: number;
  readonly losses: number;
  readonly unanswered: number;
}

/** @param answer whether Salesforce lets the user read it; undefined: it says nothing */
export function judged(pair: Pair, answer: boolean | undefined): Judged {
  if (answer === undefined) return { ...pair, verdict: 'unanswered' };
  return { ...pair, verdict: answer === pair.finds ? 'agree' : pair.finds ? 'leak' : 'loss' };
}

export function countsOf(pairs: readonly Judged[]): Counts {
  const count = (verdict: Verdict) => pairs.filter((pair) => pair.verdict === verdict).length;
  return {
    asked: pairs.length,
    agree: count('agree'),
    leaks: count('leak'),
    losses: count('loss'),
    unanswered: count('unanswered'),
  };
}

export function countsByObject(pairs: readonly Judged[]): (Counts & { readonly object: ObjectName })[] {
  return OBJECT_NAMES.map((object) => ({ object, ...countsOf(pairs.filter((pair) => pair.object === object)) }));
}

export function countsByBorder(pairs: readonly Judged[]): { readonly border: Border; readonly asked: number }[] {
  return [...groupBy(pairs, ({ border }) => border)]
    .map(([border, some]) => ({ border, asked: some.length }))
    .sort((one, other) => other.asked - one.asked || (one.border < other.border ? -1 : 1));
}
