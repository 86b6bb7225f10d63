import { orgDefaults } from '../access/defaults.ts';
import { gapList } from '../access/gap-list.ts';
import type { OrgTables } from '../access/tables.ts';
import { noShareRow } from '../sentences/gaps.ts';
import { grantObject } from '../sentences/grants.ts';
import { thousands } from '../sentences/numbers.ts';
import type { AskedRights } from './ask-rights.ts';
import type { Finding } from './finding.ts';
import type { ReadObject } from './forecast.ts';

/** Salesforce does not document whom Compliant Data Sharing reaches above the users that it names. */
export function compliantFindings(compliant: AskedRights['compliant']): Finding[] {
  if (compliant.length === 0) return [];
  const parts = compliant.map(
    ({ object, shareRows }) =>
      `${object} (${shareRows === null ? 'not counted' : `${thousands(shareRows)} share ${shareRows === 1 ? 'row' : 'rows'}`})`,
  );
  return [
    {
      test: 'compliant-sharing',
      step: null,
      status: 'warning',
      found: `Compliant Data Sharing is on for ${parts.join(' and ')}`,
      closes: 'what its share rows give to users above the ones that they name',
      remedy: 'No right can fix this: tell the users who search, or also share such records in another way.',
    },
  ];
}

/** A share object without rows, although sharing decides: every record has at least its owner's row. */
export function emptyShareFindings(sizes: readonly ReadObject[], tables: OrgTables): Finding[] {
  const { internal } = orgDefaults(tables, gapList());
  return sizes
    .filter(
      ({ object, records, readsShares, shareRows }) =>
        internal[object] === 'private' && readsShares && shareRows === 0 && (records ?? 0) > 0,
    )
    .map(({ object, shareObject }) => {
      const gap = { code: 'shares_missing', object, shareObject, count: null } as const;
      return {
        test: `${shareObject}.rows`,
        step: 'permission-set',
        status: 'failed',
        found: noShareRow(gap),
        closes: `${object} from everyone except the owners and users above them`,
        remedy: grantObject(object),
        gap,
      };
    });
}
