import { fillWordTable } from '../../src/index/sqlite/engine/embedded-words.ts';
import { columnsOf } from '../../src/index/sqlite/engine/tokens.ts';
import { Database } from '../../src/index/sqlite/file/database.ts';
import { readIndexed } from '../../src/index/sqlite/store/indexed-fields.ts';

/** Gives the file a full-text table as that of 0.2.0. */
export async function withEarlierWords(path: string): Promise<void> {
  const db = new Database(path);
  await db.writing(async () => {
    const indexed = readIndexed(db);
    db.exec('drop table fts');
    db.exec(
      `create virtual table fts using fts5(${[...columnsOf(indexed), 'acl'].join(', ')}, content='', columnsize=0, tokenize='ascii')`,
    );
    await fillWordTable(db, indexed);
  });
  db.close();
}
