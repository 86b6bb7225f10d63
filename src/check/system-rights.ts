import { grantRight, SYSTEM_RIGHTS, type SystemRight } from '../access/integration-rights.ts';
import type { OrgTables } from '../access/tables.ts';
import type { OwnRights } from './evidence.ts';
import { type Finding, good, type Status } from './finding.ts';

/** What the org showed that tells of a right, where the right itself cannot be read. */
export interface Visible {
  readonly tables: OrgTables;
  /** User's internal org-wide default, as EntityDefinition says it; null: it does not. */
  readonly userDefault: string | null;
  readonly frozenUsers: 'closed' | 'open';
}

/** The system permissions of the integration user, one finding each. */
export function systemRightFindings(rights: OwnRights, visible: Visible): Finding[] {
  return SYSTEM_RIGHTS.map((right) => {
    const read = rights.system(right.column);
    const inferred = read === null ? infer(right, visible) : null;
    const held = read ?? inferred?.held ?? null;
    const from = inferred === null ? '' : ` (${inferred.why})`;
    const base = { test: right.id, step: 'permission-set' } as const;
    if (held === true) return good(right.id, 'permission-set', `${right.name}${from}`);
    if (held === null)
      return {
        ...base,
        status: 'unknown',
        found: `${right.name}: ${inferred?.why ?? 'it cannot be read'}`,
        closes: null,
        remedy: `See that the permission set has it: it shows ${right.shows}.`,
      };
    const { status, closes } = lossOf(right, visible);
    return {
      ...base,
      status,
      found: `${right.name} is missing${from}`,
      closes,
      remedy: status === 'ok' ? null : grantRight(right.id),
    };
  });
}

/** What a missing right means in this org. */
function lossOf(right: SystemRight, { userDefault, frozenUsers }: Visible): { status: Status; closes: string | null } {
  if (right.id === 'manage-users')
    return frozenUsers === 'open' ? { status: 'ok', closes: null } : { status: 'warning', closes: right.closes };
  // Where User is public, only external users are missing.
  if (right.id === 'view-all-users' && userDefault !== null && userDefault !== 'Private')
    return { status: 'warning', closes: 'everything to external users, who are not seen' };
  return { status: 'failed', closes: right.closes };
}

/** Whether a right is held, by what the org shows to its holders alone. */
function infer({ id }: SystemRight, { tables }: Visible): { held: boolean | null; why: string } {
  const users = tables.User.rows ?? [];
  switch (id) {
    case 'view-setup':
      return tables.PermissionSet.rows?.length
        ? { held: true, why: 'PermissionSet shows its rows' }
        : { held: false, why: 'PermissionSet shows no row, and every org has some' };
    case 'view-roles':
      if (tables.UserRole.rows?.length) return { held: true, why: 'UserRole shows its rows' };
      return users.some((user) => user.UserRoleId)
        ? { held: false, why: 'UserRole shows no row, and users have roles' }
        : { held: null, why: 'it cannot be read, and no user that is seen has a role' };
    case 'view-all-users':
      return { held: null, why: 'it cannot be read; users who are not seen leave no trace' };
    case 'manage-users':
      return tables.UserLogin.rows?.length
        ? { held: true, why: 'UserLogin shows its rows' }
        : { held: false, why: 'UserLogin shows no row' };
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
