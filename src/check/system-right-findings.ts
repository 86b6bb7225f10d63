import type { SystemRightId } from '../facts/coverage-gaps.ts';
import { type HeldRight, heldRights, type Visible } from '../integration-user/blind-spots.ts';
import type { OwnRights } from '../integration-user/own-rights.ts';
import { RIGHT_NAMES } from '../sentences/grants.ts';
import { missingRightWords, RIGHT_WORDS } from '../sentences/integration-rights.ts';
import { type Finding, good } from './finding.ts';

const STEP = 'permission-set';

/** The system permissions of the integration user, one finding each. */
export function systemRightFindings(rights: OwnRights, visible: Visible): Finding[] {
  return heldRights(rights, visible).map(findingOf);
}

function findingOf({ id, held, inferred, gap, needed }: HeldRight): Finding {
  if (gap !== null) {
    const { found, closes, remedy } = missingRightWords(gap);
    const base = { test: id, step: STEP, found } as const;
    if (!needed) return { ...base, status: 'ok', closes: null, remedy: null };
    const isSmall = id === 'manage-users' || gap.externalOnly;
    return { ...base, status: isSmall ? 'warning' : 'failed', closes, remedy, gap };
  }
  const name = RIGHT_NAMES[id];
  if (held !== null) return good(id, STEP, inferred ? `${name} (${SHOWN_BY[id]})` : name);
  return {
    test: id,
    step: STEP,
    status: 'unknown',
    found: `${name}: ${UNKNOWN[id]}`,
    closes: null,
    remedy: `Make sure that the permission set grants it: it shows ${RIGHT_WORDS[id].shows}.`,
  };
}

/** Why the user must have a right that cannot be read. */
const SHOWN_BY: Readonly<Partial<Record<SystemRightId, string>>> = {
  'view-setup': 'PermissionSet shows rows',
  'view-roles': 'UserRole shows rows',
  'manage-users': 'UserLogin shows rows',
};

/** Why nothing shows whether the user has a right. */
const UNKNOWN: Readonly<Partial<Record<SystemRightId, string>>> = {
  'view-roles': 'it cannot be checked, because no visible user has a role',
  'view-all-users': 'it cannot be checked, because hidden users leave no trace',
};

/** A right that expires. After that its rows are missing, without an error. */
export function endFindings({ endsAt }: OwnRights): Finding[] {
  if (endsAt === null) return [];
  return [
    {
      test: 'assignment-end',
      step: 'permission-set',
      status: 'warning',
      found: `a permission set assignment of the integration user expires at ${endsAt}`,
      closes: 'what only that permission set grants, from then on',
      remedy: 'Remove the expiration date from the assignment of the permission set.',
    },
  ];
}
