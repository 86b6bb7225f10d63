import { COMPLIANT_SHARING, holderOf } from '../../../access/markers.ts';
import { type ObjectName, objectNamed } from '../../../objects/index.ts';
import type { OrphanedPrincipals } from '../../port/membership.ts';
import type { Database } from '../file/database.ts';
import { KNOWN } from '../file/forms.ts';
import { codeOf } from '../file/layout.ts';
import { json, rowNumberIn, text } from '../file/stored.ts';
import { readMeta } from './meta.ts';
import { findPrincipalNumber } from './principals.ts';
import type { OpenStore } from './publication.ts';

/** The highest count. Without it, every run would scan every document if no principal is known. */
const MOST = 10_000;

/** See `MembershipStore.orphanedPrincipals`. */
export function orphanedPrincipals({ db, publication }: OpenStore): Promise<OrphanedPrincipals> {
  return db.readingInTurn(async () => {
    const { generation } = readMeta(db);
    const stored = db.value(json('known', KNOWN), 'from generation where gen = ?', generation ?? -1);
    if (stored === undefined) return { byGroups: 0, byUsers: 0, byCompliantSharing: 0, withoutShares: [] };
    const { groups, shared } = stored;
    const known = new Set(groups);

    const unknownUsers: number[] = [];
    const unknownGroups: number[] = [];
    // Nearly all of tens of thousands of users are known; the query does not return those. Ids have 18 characters.
    const strangers = db.all(
      [rowNumberIn('pid'), text('name')],
      `from principal
       where not exists (select 1 from user_name where gen = ? and user = substr(principal.name, -18))`,
      generation,
    );
    for (const [principalNumber, name] of strangers) {
      const holder = holderOf(name);
      if (holder === null || known.has(holder)) continue;
      (holder.startsWith('005') ? unknownUsers : unknownGroups).push(principalNumber);
    }
    const compliant = findPrincipalNumber(db, COMPLIANT_SHARING);
    return {
      byGroups: await publication.countCarrying(unknownGroups, MOST),
      byUsers: await publication.countCarrying(unknownUsers, MOST),
      byCompliantSharing: await publication.countCarrying(compliant === null ? [] : [compliant], MOST),
      withoutShares: shared.filter((object) => isWithoutShares(db, object)),
    };
  });
}

/** Reports whether no record has a share row, although every owned record has its owner's row. */
function isWithoutShares(db: Database, object: ObjectName): boolean {
  const code = codeOf(object);
  if (db.has('from parent where obj = ? and row_count > 0', code)) return false;
  const prefix = objectNamed(object).keyPrefix;
  return db.has("from parent where id > ?1 and id < ?1 || '~' and obj = ?2", prefix, code);
}
