import { expect, it } from 'vitest';
import { type ExplainedGap, explainedGapText } from '../../src/sentences/explained-gaps.ts';

it.each<[ExplainedGap, string]>([
  [{ code: 'group_hidden' }, 'which the org does not show (a hidden user, a personal group, or one that is gone)'],
  [
    { code: 'group_members_unknown', groupType: 'AllCustomerPortal' },
    'whose members cannot be computed (type AllCustomerPortal)',
  ],
  [{ code: 'group_members_unknown', groupType: null }, 'whose members cannot be computed (type without a name)'],
  [
    { code: 'contact_default_unknown' },
    'contacts are closed to all but View All: their org-wide default could not be read',
  ],
  [
    { code: 'contact_default_changed' },
    'contacts are closed to all but View All until a complete backfill has run: their org-wide default has changed',
  ],
  [
    { code: 'contact_defaults_differ', userKind: 'external' },
    'contacts with an account are closed to external users: only one of the internal and external defaults is Controlled by Parent',
  ],
])('an explanation says %j', (gap, clause) => {
  expect(explainedGapText(gap)).toBe(clause);
});
