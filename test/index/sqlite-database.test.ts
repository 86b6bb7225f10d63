import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import Libsql from 'libsql';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../src/index/sqlite/file/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a connection', () => {
  let db: Database;
  let other: Libsql.Database;
  let count = 0;
  const rows = () => db.count('from t');

  beforeEach(() => {
    const path = join(folder, `${++count}.sqlite`);
    other = new Libsql(path);
    other.exec('pragma journal_mode = wal; create table t (x)');
    db = new Database(path);
  });
  afterEach(() => {
    db.close();
    other.close();
  });

  it('reads one moment while another connection writes', () => {
    const seen = db.reading(() => {
      const before = rows();
      other.exec('insert into t values (1)');
      return [before, rows()];
    });
    expect(seen).toEqual([0, 0]);
    expect(rows()).toBe(1);
  });

  it('waits for the writer of another process, and leaves the event loop free', async () => {
    other.exec('begin immediate; insert into t values (1)');
    const writing = db.writing(() => db.run('insert into t values (2)'));
    for (let n = 0; n < 5; n++) await turn();
    other.exec('commit');
    expect(await writing).toBe(1);
    expect(rows()).toBe(2);
  });

  it('writes one transaction after the other, although each yields in between', async () => {
    const steps: string[] = [];
    const write = (name: string) =>
      db.writing(async () => {
        steps.push(`${name} begins`);
        db.run('insert into t values (1)');
        await turn();
        steps.push(`${name} ends`);
      });
    await Promise.all([write('one'), write('two')]);
    expect(steps).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
    expect(rows()).toBe(2);
  });

  it('rolls back a failed transaction, and continues', async () => {
    await expect(
      db.writing(() => {
        db.run('insert into t values (1)');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(rows()).toBe(0);
    expect(await db.writing(() => db.run('insert into t values (1)'))).toBe(1);
  });
});
