import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';

/** The last notified state. `unhealthy` is what `status` calls failing. */
export type NotifiedState = 'unhealthy' | 'degraded' | 'recovered';

/** Longer than one delivery with all its tries. */
const CLAIM_MS = 5 * 60_000;

/** A worker's exclusive right to notify, until it has notified or the claim expires. */
export interface Claim {
  /** Records that the notification was delivered. */
  notified(): void;
}

/**
 * Opens the record of what the workers of an index have notified. It is a separate file beside the index, because they
 * also report a deleted or damaged index. Each call opens it, so it may be deleted at any time.
 */
export function openNotified(path: string, now: () => number = Date.now) {
  return {
    /**
     * Claims the right to notify a state on a channel. Null: this state was the last one notified, or another worker is
     * notifying it. Initially `recovered` counts as notified.
     */
    claim(way: string, state: NotifiedState): Claim | null {
      const at = now();
      const claimed = using(path, (db) => {
        const [notified, until] = read(db, way);
        if (notified === state || until > at) return false;
        write(db, way, notified, at + CLAIM_MS);
        return true;
      });
      return claimed ? { notified: () => using(path, (db) => write(db, way, state, 0)) } : null;
    },
  };
}

function using<T>(path: string, work: (db: Libsql.Database) => T): T {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  const db = new Libsql(path, { timeout: 5_000 });
  try {
    db.exec('create table if not exists told (way text primary key, state text not null, until integer not null)');
    db.exec('begin immediate');
    const result = work(db);
    db.exec('commit');
    return result;
  } finally {
    db.close();
  }
}

function read(db: Libsql.Database, way: string): readonly [told: NotifiedState, until: number] {
  const row = db.prepare('select state, until from told where way = ?').raw().get([way]) as
    | [NotifiedState, number]
    | undefined;
  return row ?? ['recovered', 0];
}

function write(db: Libsql.Database, way: string, state: NotifiedState, until: number): void {
  db.prepare('insert or replace into told values (?, ?, ?)').run([way, state, until]);
}
