import { setImmediate as breathe } from 'node:timers/promises';
import { type VirtualTable, valueAt } from '@salesforce-connector/sandbox/testing';
import { Database } from '../../src/index/sqlite/file/database.ts';
import { codeOf } from '../../src/index/sqlite/file/layout.ts';
import { integer, time } from '../../src/index/sqlite/file/stored.ts';

const BATCH = 50_000;

/** Writes what a complete backfill would write for the share rows that an org computes: the ledger without the rows. */
export async function fillLedger(path: string, shares: VirtualTable, each: number, readAt: number): Promise<void> {
  const db = new Database(path);
  try {
    for (let from = 0; from < shares.size; from += BATCH * each) {
      const to = Math.min(shares.size, from + BATCH * each);
      await db.writing(() => {
        for (let n = from; n < to; n += each) {
          const newest = Number(valueAt(shares, 'LastModifiedDate', n + each - 1));
          const id = String(valueAt(shares, 'AccountId', n));
          const insert = 'insert into parent (id, obj, version, row_count, newest, rows) values (?, ?, ?, ?, ?, ?)';
          db.run(insert, id, codeOf('Account'), readAt, each, newest, '[]');
        }
      });
      await breathe();
    }
  } finally {
    db.close();
  }
}

/** Reads when the account's share rows were last read, in ms since 1970, and how many there were. */
export function readLedger(db: Database, account: string): { readonly at: number; readonly rows: number } {
  const [at, rows] = db.get([time('version'), integer('row_count')], 'from parent where id = ?', account) ?? [0, 0];
  return { at, rows };
}
