import { type BigIntStats, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { IndexReplacedError, IndexUnavailableError, SearchRefusedError } from '../port/errors.ts';
import { showWords } from './engine/completions.ts';
import { hasWordTable, isEarlierWordTable, rebuildWordTable } from './engine/embedded-words.ts';
import { Database } from './file/database.ts';
import { LAYOUT } from './file/layout.ts';
import { integer, text } from './file/stored.ts';
import { APPLICATION_ID, createSchema, dropSchema } from './schema.ts';
import { readIndexed } from './store/indexed-fields.ts';
import { canUpgrade, upgrade } from './upgrade.ts';

const CACHE_KIB = 65_536;

/**
 * The pages (4 KB) in the journal at which they are copied to the file. Batches change many of the same pages. With
 * SQLite's 1,000 each batch would copy them again, which costs a tenth of a backfill's CPU time.
 */
const JOURNAL_PAGES = 16_000;

/**
 * The state of a file: made for this version (`slower`: by an earlier one, whose full-text table is slower), made for
 * another, empty, or another program's database.
 */
type Kind = 'current' | 'slower' | 'upgradable' | 'outdated' | 'empty' | 'foreign';

/**
 * Opens the file for writing. Upgrades a file of an earlier layout, in one transaction. With `create`, makes a missing
 * file (0600, missing folders 0700), and empties one that cannot be upgraded, under a new index id. Without it both are
 * an `IndexReplacedError`, because a run that has begun cannot continue in another index. Calls `notice` with a line
 * for each.
 */
export async function openForWriting(
  path: string,
  create: boolean,
  notice: (message: string) => void,
): Promise<Database> {
  const isThere = exists(path);
  if (!isThere && !create)
    throw new IndexReplacedError(`The index ${path} has disappeared since the run began. The next run rebuilds it.`);
  if (!isThere) createFile(path);
  return opened(path, async (db) => {
    db.exec(`pragma cache_size = -${CACHE_KIB}`);
    if (kindOf(db) !== 'current') await makeCurrent(db, create, notice);
    db.exec('pragma synchronous = full');
    db.exec(`pragma wal_autocheckpoint = ${JOURNAL_PAGES}`);
    // A record's content must not survive the record in free pages.
    db.exec('pragma secure_delete = on');
  });
}

/** Opens the file for reading only. Throws `SearchRefusedError` if there is no index yet, or one of another version. */
export async function openForReading(path: string): Promise<Database> {
  if (!exists(path))
    throw new SearchRefusedError(
      `Nothing is indexed yet: there is no index at ${path}. Wait for a run, start one with \`salesforce-connector backfill\`, or set another path.`,
    );
  return opened(path, (db) => {
    if (hasWordTable(db)) showWords(db);
    db.exec('pragma query_only = 1');
    db.exec(`pragma cache_size = -${CACHE_KIB}`);
    const kind = kindOf(db);
    if (kind === 'foreign') throw foreign(path);
    if (kind === 'empty')
      throw new SearchRefusedError(
        `Nothing is indexed yet in ${path}. Wait for a run, or start one with \`salesforce-connector backfill\`.`,
      );
    if (kind === 'upgradable')
      throw new SearchRefusedError(
        `The index ${path} was made by an earlier version. The worker upgrades it when it starts.`,
      );
    if (kind === 'outdated')
      throw new SearchRefusedError(`The index ${path} was made by another version. The next run rebuilds it.`);
  });
}

/** Opens the file for searches by the embedded engine. Throws like `openForReading`, and if another engine searches it. */
export async function openForSearching(path: string): Promise<Database> {
  const db = await openForReading(path);
  if (hasWordTable(db)) return db;
  db.close();
  throw new SearchRefusedError(
    `The file ${path} cannot be searched, because a cluster searched for it last. Set index.engine to opensearch, or start the worker with this config: it makes the file searchable.`,
  );
}

/** Reads from the file, and closes it again. Null: there is no index yet, or one of another version. */
export async function readOnce<Result>(path: string, read: (db: Database) => Result): Promise<Result | null> {
  try {
    const db = await openForReading(path);
    try {
      return db.reading(() => read(db));
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof SearchRefusedError) return null;
    throw error;
  }
}

async function opened(path: string, prepare: (db: Database) => void | Promise<void>): Promise<Database> {
  const db = new Database(path);
  try {
    await prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

async function makeCurrent(db: Database, create: boolean, notice: (message: string) => void): Promise<void> {
  // The journal mode cannot change inside a transaction. It survives the wipe below.
  if (create && kindOf(db) === 'empty') db.exec('pragma journal_mode = wal');
  const wasUpgradable = isUpgradable(kindOf(db));
  if (wasUpgradable && (await upgraded(db, create))) {
    notice(`The index ${db.path} was made by an earlier version of the connector and has been upgraded.`);
    return;
  }
  const wiped = await db.writing(() => {
    const kind = kindOf(db);
    if (kind === 'current') return false;
    if (kind === 'foreign') throw foreign(db.path);
    if (!create)
      throw new IndexReplacedError(
        kind === 'empty'
          ? `The index ${db.path} is empty. The next run rebuilds it.`
          : `The index ${db.path} was made by another version. The next run rebuilds it.`,
      );
    if (kind !== 'empty') dropSchema(db);
    createSchema(db);
    return kind !== 'empty';
  });
  const cause = wasUpgradable ? 'is damaged and cannot be upgraded' : 'was made by another version of the connector';
  if (wiped) notice(`The index ${db.path} ${cause}: the next run fills it again from the org.`);
}

/**
 * Upgrades a file of an earlier layout. Returns false if another process was faster, or if (with `create`) the file is
 * damaged.
 */
async function upgraded(db: Database, create: boolean): Promise<boolean> {
  try {
    const hasLayout = await db.writing(async () => {
      if (kindOf(db) !== 'upgradable') return false;
      await upgrade(db);
      return true;
    });
    // This takes minutes. The file can already be searched.
    const isFaster = await db.writing(async () => {
      if (kindOf(db) !== 'slower') return false;
      await rebuildWordTable(db, readIndexed(db));
      return true;
    });
    return hasLayout || isFaster;
  } catch (error) {
    if (create && error instanceof IndexUnavailableError && error.isDamaged) return false;
    throw error;
  }
}

function isUpgradable(kind: Kind): boolean {
  return kind === 'upgradable' || kind === 'slower';
}

function kindOf(db: Database): Kind {
  const application = db.value(integer('application_id'), 'from pragma_application_id') ?? 0;
  if (application !== APPLICATION_ID) {
    const tables = db.count('from sqlite_master');
    return application === 0 && tables === 0 ? 'empty' : 'foreign';
  }
  const isOurs = db.has("from sqlite_master where type = 'table' and name = 'meta'");
  const layout = isOurs ? db.value(text('value'), "from meta where key = 'layout'") : undefined;
  if (layout === LAYOUT) return isEarlierWordTable(db) ? 'slower' : 'current';
  return layout !== undefined && canUpgrade(layout) ? 'upgradable' : 'outdated';
}

function foreign(path: string): IndexUnavailableError {
  return new IndexUnavailableError(`${path} is another program's database, not an index. Set another path.`);
}

function exists(path: string): boolean {
  const file = statOf(path);
  if (file === undefined || file.isFile()) return file !== undefined;
  throw new IndexUnavailableError(`The index ${path} is not a file. Set another path.`);
}

function createFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && exists(path)) return;
    throw new IndexUnavailableError(
      `The index ${path} cannot be created (${String(code)}). Set a path in a folder that this user can write.`,
    );
  }
}

/** What is at the path; undefined: nothing. Throws `IndexUnavailableError` if this user may not look. */
export function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    const remedy =
      code === 'EACCES'
        ? "Run as the worker's user, or set a path in a folder that this user can read and write."
        : 'Set a path in a folder that this user can read and write.';
    throw new IndexUnavailableError(`The index ${path} cannot be reached (${String(code)}). ${remedy}`);
  }
}
