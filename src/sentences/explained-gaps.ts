import type { GapOf } from '../facts/coverage-gaps.ts';

/** A coverage gap in one explanation: for one group or one user. */
export type ExplainedGap =
  | { readonly code: 'group_hidden' }
  | Pick<GapOf<'group_members_unknown'>, 'code' | 'groupType'>
  | Pick<GapOf<'contact_default_unknown' | 'contact_default_changed'>, 'code'>
  | (Pick<GapOf<'contact_defaults_differ'>, 'code'> & { readonly userKind: 'internal' | 'external' });

/** Describes the obstacle as a clause. */
export function explainedGapText(gap: ExplainedGap): string {
  switch (gap.code) {
    case 'group_hidden':
      return 'which the org does not show (it is a hidden user or a personal group, or was deleted)';
    case 'group_members_unknown':
      return `whose members cannot be computed (${gap.groupType === null ? 'unnamed type' : `type ${gap.groupType}`})`;
    case 'contact_default_unknown':
      return 'contacts are hidden from everyone without View All: their org-wide default could not be read';
    case 'contact_default_changed':
      return 'contacts are hidden from everyone without View All until the next complete backfill: their org-wide default has changed';
    case 'contact_defaults_differ':
      return `contacts with an account are hidden from ${gap.userKind} users: only one of the internal and external defaults is Controlled by Parent`;
  }
}
