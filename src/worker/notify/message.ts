import type { Problem } from '../../facts/problems.ts';
import { printable } from '../../lib/printable.ts';
import { problemText } from '../../sentences/problems.ts';
import { healthOf } from '../../status/health.ts';
import type { NotifiedState } from './notified.ts';

/** What a command gets on stdin, and a webhook as its body. */
export interface Message {
  readonly connection: string;
  readonly state: NotifiedState;
  /** The codes of the problems, the most urgent first. Empty: recovered. */
  readonly codes: readonly string[];
  /** One line for a person. Chat programs display a field of this name. */
  readonly text: string;
  /** ISO. */
  readonly time: string;
}

const LONGEST_TEXT = 1_000;

const STATES = { healthy: 'recovered', degraded: 'degraded', failing: 'unhealthy' } as const;

/** Formats the problems as one message. Pure. */
export function messageOf(connection: string, problems: readonly Problem[], now: Date): Message {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more: see \`status\`)` : '';
  const state = STATES[healthOf(problems)];
  const text =
    first === undefined
      ? `${connection} has recovered: its index is being kept up to date`
      : `${connection} is ${state}: ${printable(problemText(first)).slice(0, LONGEST_TEXT)}${more}`;
  return {
    connection,
    state,
    codes: problems.map(({ code }) => code),
    text,
    time: now.toISOString(),
  };
}
