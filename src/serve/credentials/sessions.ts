import { createHash, randomBytes } from 'node:crypto';
import { type Caller, userText } from './caller.ts';

/** How long a login lasts: a working day. */
export const SESSION_SECONDS = 8 * 3_600;

/** More sessions than this would take too much memory. The oldest one ends first. */
const MOST_SESSIONS = 10_000;

/** One person cannot end the sessions of others by logging in often. The person's oldest session ends first. */
const MOST_OF_ONE = 10;

const BYTES = 32;

interface Session {
  readonly caller: Caller;
  readonly person: string;
  readonly ends: number;
}

/** The sessions of those who logged in. Only hashes are kept, and only in memory: a restart ends all sessions. */
export class Sessions {
  readonly #now: () => number;
  /** By the hash of the token, the oldest first. */
  readonly #sessions = new Map<string, Session>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Begins a session, and returns the token that proves it. */
  begin(caller: Caller): string {
    this.#removeOld();
    const person = caller.user === null ? '' : userText(caller.user);
    this.#removeOldOf(person);
    const token = randomBytes(BYTES).toString('base64url');
    this.#sessions.set(hashOf(token), { caller, person, ends: this.#now() + SESSION_SECONDS * 1_000 });
    return token;
  }

  /** Returns who has the session. Null: it is unknown, or has ended. */
  callerOf(token: string): Caller | null {
    const session = this.#sessions.get(hashOf(token));
    return session === undefined || session.ends <= this.#now() ? null : session.caller;
  }

  /** Ends a session, and returns whose it was. Null: there was none. */
  end(token: string): Caller | null {
    const caller = this.callerOf(token);
    this.#sessions.delete(hashOf(token));
    return caller;
  }

  #removeOldOf(person: string): void {
    const own = [...this.#sessions].filter(([, session]) => session.person === person);
    for (const [hash] of own.slice(0, Math.max(0, own.length + 1 - MOST_OF_ONE))) this.#sessions.delete(hash);
  }

  #removeOld(): void {
    for (const [hash, { ends }] of this.#sessions) {
      if (ends > this.#now() && this.#sessions.size < MOST_SESSIONS) return;
      this.#sessions.delete(hash);
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
