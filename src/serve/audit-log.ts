import type { UserReference } from '../index/port/reader.ts';
import type { Log } from '../worker/log/log.ts';
import { userText } from './credentials/caller.ts';
import type { RequestCode } from './problem.ts';

/** What can be asked. */
export const WHAT = ['search', 'record', 'explain'] as const;

/** What was asked, without words and contents. */
export interface Asked {
  readonly what: (typeof WHAT)[number];
  /** The id of the record that was asked for. */
  readonly record?: string;
  readonly caller: string;
  readonly user: UserReference;
  /** Null: it is not known, and `user` says who was named. */
  readonly userId: string | null;
  readonly hits: number;
  readonly milliseconds: number;
  /** `ok`, or the code of the problem. */
  readonly outcome: 'ok' | RequestCode;
  /** Why the user is not served. */
  readonly reason?: string | undefined;
}

/** Writes one line for each request for data: who asked, for whom, and how much was found. */
export function audit(
  log: Log,
  { what, record, caller, user, userId, hits, milliseconds, outcome: result, reason }: Asked,
): void {
  const outcome = reason === undefined ? result : `${result} (${reason})`;
  log.info(
    'asked',
    `${what} by ${caller} for ${userId ?? userText(user)}: ${outcome === 'ok' ? `${hits} found` : outcome}`,
    {
      what,
      record,
      caller,
      as: userText(user),
      userId,
      hits,
      milliseconds: Math.round(milliseconds),
      outcome,
    },
  );
}
