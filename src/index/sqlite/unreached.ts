import { COMPLIANT_SHARING, holderOf } from '../../access/markers.ts';
import { type ObjectName, objectNamed } from '../../objects/index.ts';
import type { Unreached } from '../port.ts';
import type { Database } from './database.ts';
import { KNOWN } from './forms.ts';
import { codeOf } from './layout.ts';
import { readMeta } from './meta.ts';
import { principalNumber } from './principals.ts';
import { principalsExpression } from './query.ts';
import { integer, json, rowNumber, text } from './stored.ts';

/** So many principals are looked for at once: of more, FTS5 merges the documents slower than it finds them. */
const TOKENS = 10;

/** More documents than these are not counted: where nobody is known, every document would be walked in every run. */
const MOST = 10_000;

/** Parents that are looked at: where none of so many has a share row, none of the others will. */
const LOOKED_AT = 20_000;

/** See `IndexWriter.unreached`. */
export function unreached(db: Database): Promise<Unreached> {
  return db.readingInTurn(() => {
    const { generation } = readMeta(db);
    const stored = db.value(json('known', KNOWN), 'from generation where gen = ?', generation ?? -1);
    if (stored === undefined) return { byGroups: 0, byUsers: 0, byCompliantSharing: 0, withoutShares: [] };
    const { groups, shared } = stored;
    const known = new Set(groups);

    const unknownUsers: number[] = [];
    const unknownGroups: number[] = [];
    // Of tens of thousands of users nearly all are known: those do not leave the file. Ids have 18 characters.
    const strangers = db.all(
      [rowNumber('pid'), text('name')],
      `from principal
       where not exists (select 1 from user_name where gen = ? and user = substr(principal.name, -18))`,
      generation,
    );
    for (const [pid, name] of strangers) {
      const holder = holderOf(name);
      if (holder === null || known.has(holder)) continue;
      (holder.startsWith('005') ? unknownUsers : unknownGroups).push(pid);
    }
    const compliant = principalNumber(db, COMPLIANT_SHARING);
    return {
      byGroups: documentsWith(db, unknownGroups),
      byUsers: documentsWith(db, unknownUsers),
      byCompliantSharing: compliant === null ? 0 : documentsWith(db, [compliant]),
      withoutShares: shared.filter((object) => isWithoutShares(db, object)),
    };
  });
}

/** How many documents carry one of the principals, up to MOST. */
function documentsWith(db: Database, pids: readonly number[]): number {
  const rids = new Set<number>();
  for (let at = 0; at < pids.length && rids.size < MOST; at += TOKENS) {
    const found = db.values(
      rowNumber('rowid'),
      `from fts where fts match ? limit ${MOST}`,
      principalsExpression(pids.slice(at, at + TOKENS)),
    );
    for (const rid of found) rids.add(rid);
  }
  return Math.min(rids.size, MOST);
}

/** Every record that somebody owns has its owner's row. */
function isWithoutShares(db: Database, object: ObjectName): boolean {
  const prefix = objectNamed(object).keyPrefix;
  const [parents, rows] = db.get(
    [integer('count(*)'), integer('coalesce(sum(row_count), 0)')],
    `from (
       select row_count from parent where id > ?1 and id < ?1 || '~' and obj = ?2 limit ${LOOKED_AT})`,
    prefix,
    codeOf(object),
  ) ?? [0, 0];
  return parents > 0 && rows === 0;
}
