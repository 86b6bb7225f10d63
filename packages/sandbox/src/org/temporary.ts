import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';

/** SQLite's page cache: 64 MiB for an org of any size. */
const CACHE_KIB = 65_536;

/**
 * Opens a private database in a temporary file. The file is unlinked at once, so nothing is left behind however the
 * process ends. Closing the database frees its space. (libsql keeps a database without a path in memory.)
 */
export function temporaryDatabase(): Database.Database {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-org-'));
  try {
    const db = new Database(join(folder, 'org.db'));
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = FILE; PRAGMA synchronous = OFF`);
    // SQLite would open a journal file by a path that no longer exists.
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE');
    return db;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
