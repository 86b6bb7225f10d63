import { printable } from '../printable.ts';
import { problemText } from '../sentences/problems.ts';
import { healthOf, type Problem } from '../status/health.ts';
import type { ToldState } from './told.ts';

/** What a command gets on stdin, and a webhook as its body. */
export interface Message {
  readonly connection: string;
  readonly state: ToldState;
  /** Of what is wrong, the most urgent first; empty: recovered. */
  readonly codes: readonly string[];
  /** One line for a person; the name is the one that chat programs show. */
  readonly text: string;
  /** ISO. */
  readonly time: string;
}

const LONGEST_TEXT = 1_000;

const STATES = { healthy: 'recovered', degraded: 'degraded', failing: 'unhealthy' } as const;

/** Says it in one message. Pure. */
export function messageOf(connection: string, problems: readonly Problem[], now: Date): Message {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more: \`status\` says which)` : '';
  const state = STATES[healthOf(problems)];
  const text =
    first === undefined
      ? `${connection} has recovered: its index is kept up to date`
      : `${connection} is ${state}: ${printable(problemText(first)).slice(0, LONGEST_TEXT)}${more}`;
  return {
    connection,
    state,
    codes: problems.map(({ code }) => code),
    text,
    time: now.toISOString(),
  };
}
