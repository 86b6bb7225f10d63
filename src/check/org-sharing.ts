import { gapList } from '../access/coverage-gaps.ts';
import { orgDefaults } from '../access/defaults.ts';
import type { OrgTables } from '../access/tables.ts';
import { noShareRow } from '../sentences/gaps.ts';
import { grantObject } from '../sentences/grants.ts';
import type { AskedRights } from './ask-rights.ts';
import type { Finding } from './finding.ts';
import type { ReadObject } from './forecast.ts';
import { count } from './schedule.ts';

/** Compliant Data Sharing: whom it reaches above the users that it names is left open by Salesforce's documentation. */
export function compliantFindings(compliant: AskedRights['compliant']): Finding[] {
  if (compliant.length === 0) return [];
  const parts = compliant.map(
    ({ object, shareRows }) =>
      `${object} (${shareRows === null ? 'not counted' : `${count(shareRows)} share ${shareRows === 1 ? 'row' : 'rows'}`})`,
  );
  return [
    {
      test: 'compliant-sharing',
      step: null,
      status: 'warning',
      found: `Compliant Data Sharing is there for ${parts.join(' and ')}`,
      closes: 'what its share rows open to those above the users whom they name',
      remedy: 'Nothing can be granted: tell those who search, or share such records in another way too.',
    },
  ];
}

/** A share object without a row, although records are read by share rows: every record has at least its owner's. */
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
        closes: `${object} to all but the owners and those above`,
        remedy: grantObject(object),
        gap,
      };
    });
}
