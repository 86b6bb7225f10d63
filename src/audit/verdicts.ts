import type { Border } from '../index/port/inspector.ts';
import { groupBy } from '../lib/collections.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Pair } from './draw.ts';

/** `unanswered`: Salesforce returned no row for the pair, which is neither a yes nor a no. */
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

/**
 * Compares the index's answer with Salesforce's.
 *
 * @param answer whether Salesforce lets the user read the record; undefined if it gave no answer
 */
export function withVerdicts(pair: Pair, answer: boolean | undefined): Judged {
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
