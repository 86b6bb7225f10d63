import { expect, it } from 'vitest';
import { type ExplainedGap, explainedGapText } from '../../src/sentences/explained-gaps.ts';

it.each<[ExplainedGap, string]>([
  [{ code: 'group_hidden' }, 'which the org does not show (it is a hidden user or a personal group, or was deleted)'],
  [
    { code: 'group_members_unknown', groupType: 'AllCustomerPortal' },
    'whose members cannot be computed (type AllCustomerPortal)',
  ],
  [{ code: 'group_members_unknown', groupType: null }, 'whose members cannot be computed (unnamed type)'],
  [
    { code: 'contact_default_unknown' },
    'contacts are hidden from everyone without View All: their org-wide default could not be read',
  ],
  [
    { code: 'contact_default_changed' },
    'contacts are hidden from everyone without View All until the next complete backfill: their org-wide default has changed',
  ],
  [
    { code: 'contact_defaults_differ', userKind: 'external' },
    'contacts with an account are hidden from external users: only one of the internal and external defaults is Controlled by Parent',
  ],
])('an explanation says %j', (gap, clause) => {
  expect(explainedGapText(gap)).toBe(clause);
});
