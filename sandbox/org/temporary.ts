import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';

/** Pages that SQLite keeps in memory: 64 MiB, however large the org is. */
const CACHE_KIB = 65_536;

/**
 * A private database in a temporary file. The file loses its name at once, so that nothing is left behind, however the
 * process ends; its space is freed when the database is closed. (libsql keeps a database without a path in memory.)
 */
export function temporaryDatabase(): Database.Database {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-org-'));
  try {
    const db = new Database(join(folder, 'org.db'));
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = FILE; PRAGMA synchronous = OFF`);
    // A journal in a file would be opened by a name that is gone.
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE');
    return db;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
