import type { GapOf } from '../access/coverage-gaps.ts';
import { SYSTEM_RIGHTS, type SystemRight } from '../access/integration-rights.ts';
import { grantRight, grantViewAll } from './grants.ts';

/** What is read by a system permission, and what is lost without it: in the words of docs/setup.md (a test compares them). */
export const RIGHT_WORDS: Readonly<Record<SystemRight['id'], { readonly shows: string; readonly closes: string }>> = {
  'view-setup': {
    shows: 'PermissionSet, ObjectPermissions and FieldPermissions',
    closes: 'every object and field to everybody: nobody finds anything',
  },
  'view-roles': {
    shows: 'UserRole',
    closes:
      'what reaches a user through the role hierarchy: nobody finds what those below them own, and groups of roles are empty',
  },
  'view-all-users': {
    shows: 'every row of User',
    closes: 'everything to the users who are not seen: external ones, and internal ones too where User is private',
  },
  'manage-users': {
    shows: 'UserLogin, and so who is frozen',
    closes: 'nothing: frozen users are served like others, for who is frozen cannot be seen',
  },
};

/** By what it is inferred that a right is missing. Nothing tells of View All Users. */
const INFERRED: Readonly<Partial<Record<SystemRight['id'], string>>> = {
  'view-setup': 'PermissionSet shows no row, and every org has some',
  'view-roles': 'UserRole shows no row, and users have roles',
  'manage-users': 'UserLogin shows no row',
};

/** What is the case, what it closes, what to do. */
export interface RightGapWords {
  readonly found: string;
  readonly closes: string;
  readonly remedy: string;
}

export function missingRightWords({ right, inferred, externalOnly }: GapOf<'right_missing'>): RightGapWords {
  const name = SYSTEM_RIGHTS.find(({ id }) => id === right)?.name;
  const from = inferred ? INFERRED[right] : undefined;
  return {
    found: `${name} is missing${from === undefined ? '' : ` (${from})`}`,
    closes: externalOnly ? 'everything to external users, who are not seen' : RIGHT_WORDS[right].closes,
    remedy: grantRight(right),
  };
}

export function hiddenRecordsWords({ object, internalDefault }: GapOf<'records_hidden'>): RightGapWords {
  const found = `${object}: Read, but View All is missing`;
  const remedy = grantViewAll(object);
  if (internalDefault !== 'open')
    return {
      found,
      closes: `every record and share row of ${object} that the integration user is not shared`,
      remedy,
    };
  return {
    found: `${found}; the org-wide default shows the records`,
    closes:
      object === 'Opportunity'
        ? 'private opportunities, and all of them once the default changes'
        : `${object} once the default changes`,
    remedy,
  };
}
