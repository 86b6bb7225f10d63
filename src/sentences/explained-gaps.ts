import type { GapOf } from '../access/coverage-gaps.ts';

/** A coverage gap as one explanation meets it: of one group, of one user. */
export type ExplainedGap =
  | { readonly code: 'group_hidden' }
  | Pick<GapOf<'group_members_unknown'>, 'code' | 'groupType'>
  | Pick<GapOf<'contact_default_unknown' | 'contact_default_changed'>, 'code'>
  | (Pick<GapOf<'contact_defaults_differ'>, 'code'> & { readonly userKind: 'internal' | 'external' });

/** What stands in the way, as a clause. */
export function explainedGapText(gap: ExplainedGap): string {
  switch (gap.code) {
    case 'group_hidden':
      return 'which the org does not show (a hidden user, a personal group, or one that is gone)';
    case 'group_members_unknown':
      return `whose members cannot be computed (type ${gap.groupType ?? 'without a name'})`;
    case 'contact_default_unknown':
      return 'contacts are closed to all but View All: their org-wide default could not be read';
    case 'contact_default_changed':
      return 'contacts are closed to all but View All until a complete backfill has run: their org-wide default has changed';
    case 'contact_defaults_differ':
      return `contacts with an account are closed to ${gap.userKind} users: only one of the internal and external defaults is Controlled by Parent`;
  }
}
