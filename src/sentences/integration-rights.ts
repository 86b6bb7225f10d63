import type { GapOf, SystemRightId } from '../facts/coverage-gaps.ts';
import { grantRight, grantViewAll, RIGHT_NAMES } from './grants.ts';

/**
 * What each system permission shows, and what is lost without it. The words are those of docs/setup.md (a test compares
 * them).
 */
export const RIGHT_WORDS: Readonly<Record<SystemRightId, { readonly shows: string; readonly closes: string }>> = {
  'view-setup': {
    shows: 'PermissionSet, ObjectPermissions and FieldPermissions',
    closes: 'every object and field from everyone: nobody finds anything',
  },
  'view-roles': {
    shows: 'UserRole',
    closes: 'access through the role hierarchy: nobody finds what users below them own, and role groups are empty',
  },
  'view-all-users': {
    shows: 'every row of User',
    closes: 'everything from hidden users: external ones, and internal ones too if User is private',
  },
  'manage-users': {
    shows: 'UserLogin, and so who is frozen',
    closes: 'nothing: frozen users are treated like other users, because the connector cannot see who is frozen',
  },
};

/** The evidence that a right is missing. There is none for View All Users. */
const INFERRED: Readonly<Partial<Record<SystemRightId, string>>> = {
  'view-setup': 'PermissionSet shows no rows, although every org has some',
  'view-roles': 'UserRole shows no rows, although users have roles',
  'manage-users': 'UserLogin shows no rows',
};

/** What was found, what it hides, and what to do. */
export interface RightGapWords {
  readonly found: string;
  readonly closes: string;
  readonly remedy: string;
}

export function missingRightWords({ right, inferred, externalOnly }: GapOf<'right_missing'>): RightGapWords {
  const from = inferred ? INFERRED[right] : undefined;
  return {
    found: `${RIGHT_NAMES[right]} is missing${from === undefined ? '' : ` (${from})`}`,
    closes: externalOnly ? 'everything from external users, who are hidden' : RIGHT_WORDS[right].closes,
    remedy: grantRight(right),
  };
}

export function hiddenRecordsWords({ object, internalDefault }: GapOf<'records_hidden'>): RightGapWords {
  const found = `${object}: Read is granted, but View All is missing`;
  const remedy = grantViewAll(object);
  if (internalDefault !== 'open')
    return {
      found,
      closes: `every record and share row of ${object} that is not shared with the integration user`,
      remedy,
    };
  return {
    found: `${found}; the org-wide default makes the records visible`,
    closes:
      object === 'Opportunity'
        ? 'private opportunities, and all opportunities if the default changes'
        : `every record of ${object} if the default changes`,
    remedy,
  };
}
