import type { GapOf } from '../access/coverage-gaps.ts';
import { SYSTEM_RIGHTS, type SystemRight } from '../access/integration-rights.ts';
import type { OrgTables } from '../access/tables.ts';
import { missingRightWords, RIGHT_WORDS } from '../sentences/integration-rights.ts';
import type { OwnRights } from './evidence.ts';
import { type Finding, good } from './finding.ts';

/** What the org showed that tells of a right, where the right itself cannot be read. */
export interface Visible {
  readonly tables: OrgTables;
  /** User's internal org-wide default, as EntityDefinition says it; null: it does not. */
  readonly userDefault: string | null;
  readonly frozenUsers: 'closed' | 'open';
}

/** The system permissions of the integration user, one finding each. */
export function systemRightFindings(rights: OwnRights, visible: Visible): Finding[] {
  return SYSTEM_RIGHTS.map(({ id, name, column }) => {
    const read = rights.system(column);
    const inferred = read === null ? infer(id, visible) : null;
    const held = read ?? inferred?.held ?? null;
    if (held === false)
      return missing({
        code: 'right_missing',
        right: id,
        inferred: inferred !== null,
        externalOnly: id === 'view-all-users' && isUserPublic(visible),
        count: null,
      });
    const why = inferred === null || inferred.held === false ? null : inferred.why;
    if (held === true) return good(id, 'permission-set', `${name}${why === null ? '' : ` (${why})`}`);
    return {
      test: id,
      step: 'permission-set',
      status: 'unknown',
      found: `${name}: ${why}`,
      closes: null,
      remedy: `See that the permission set has it: it shows ${RIGHT_WORDS[id].shows}.`,
    };
  });

  function missing(gap: GapOf<'right_missing'>): Finding {
    const { found, closes, remedy } = missingRightWords(gap);
    const base = { test: gap.right, step: 'permission-set', found } as const;
    if (gap.right === 'manage-users' && visible.frozenUsers === 'open')
      return { ...base, status: 'ok', closes: null, remedy: null };
    const isSmall = gap.right === 'manage-users' || gap.externalOnly;
    return { ...base, status: isSmall ? 'warning' : 'failed', closes, remedy, gap };
  }
}

/** Where User is public, only external users are missing. */
function isUserPublic({ userDefault }: Visible): boolean {
  return userDefault !== null && userDefault !== 'Private';
}

/** What is shown to the holders of a right alone tells whether it is held; null: it does not tell. */
type Inferred = { readonly held: false } | { readonly held: true | null; readonly why: string };

function infer(id: SystemRight['id'], { tables }: Visible): Inferred {
  const users = tables.User.rows ?? [];
  switch (id) {
    case 'view-setup':
      return tables.PermissionSet.rows?.length ? { held: true, why: 'PermissionSet shows its rows' } : { held: false };
    case 'view-roles':
      if (tables.UserRole.rows?.length) return { held: true, why: 'UserRole shows its rows' };
      return users.some((user) => user.UserRoleId)
        ? { held: false }
        : { held: null, why: 'it cannot be read, and no user that is seen has a role' };
    case 'view-all-users':
      return { held: null, why: 'it cannot be read; users who are not seen leave no trace' };
    case 'manage-users':
      return tables.UserLogin.rows?.length ? { held: true, why: 'UserLogin shows its rows' } : { held: false };
  }
}

/** A right that ends by itself: from then on its rows are missing without an error. */
export function endFindings({ endsAt }: OwnRights): Finding[] {
  if (endsAt === null) return [];
  return [
    {
      test: 'assignment-end',
      step: 'permission-set',
      status: 'warning',
      found: `an assignment of the integration user ends at ${endsAt}`,
      closes: 'from then on what only that permission set grants',
      remedy: 'Take the expiration date off the assignment of the permission set.',
    },
  ];
}
