import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';

/** `unhealthy`: failing, as `status` calls it. */
export type ToldState = 'unhealthy' | 'degraded' | 'recovered';

/** The file beside the index that says what was told last. */
export function toldFile(indexPath: string): string {
  return `${indexPath}-notified`;
}

/** Longer than one delivery with all its tries. */
const CLAIM_MS = 5 * 60_000;

/** A worker's right to tell, until it has told or a while has passed. */
export interface Claim {
  /** Notes that it was told. */
  told(): void;
}

/**
 * What the workers of an index have told last. It lies in a file of its own beside the index, for an index that is deleted or
 * damaged is what they tell of. Each call opens it, so that it may be deleted at any time.
 */
export function openTold(path: string, now: () => number = Date.now) {
  return {
    /**
     * The right to tell a state by a way; null: it is the state that was told last, or another worker is telling it. At
     * first `recovered` is taken for told.
     */
    claim(way: string, state: ToldState): Claim | null {
      const at = now();
      const claimed = using(path, (db) => {
        const [told, until] = read(db, way);
        if (told === state || until > at) return false;
        write(db, way, told, at + CLAIM_MS);
        return true;
      });
      return claimed ? { told: () => using(path, (db) => write(db, way, state, 0)) } : null;
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

function read(db: Libsql.Database, way: string): readonly [told: ToldState, until: number] {
  const row = db.prepare('select state, until from told where way = ?').raw().get([way]) as
    | [ToldState, number]
    | undefined;
  return row ?? ['recovered', 0];
}

function write(db: Libsql.Database, way: string, state: ToldState, until: number): void {
  db.prepare('insert or replace into told values (?, ?, ?)').run([way, state, until]);
}
