import type { Person } from '../people.ts';
import type { Roles } from '../roles.ts';
import { type Link, type LinkKind, link } from './link.ts';
import type { Names } from './names.ts';

/** Returns whether the role of `upper` is above the role of `lower`. */
export function isAbove(upper: Person, lower: Person, roles: Roles): boolean {
  return upper.roleId !== null && lower.roleId !== null && roles.above(lower.roleId).includes(upper.roleId);
}

/** Describes where `lower` is relative to `upper` in the role tree, even if not below. */
export function roleLink(kind: LinkKind, lower: Person, upper: Person, roles: Roles, names: Names): Link {
  const name = names.user(lower.id);
  const other = names.user(upper.id);
  if (lower.roleId === null) return link(kind, [lower.id], `${name} has no role, so nobody is above them`);
  const role = names.role(lower.roleId);
  const ids = [lower.id, lower.roleId];
  if (upper.roleId === null)
    return link(kind, [...ids, upper.id], `${name}'s role ${role} is not below ${other}, who has no role`);
  const line = roles.above(lower.roleId);
  const at = line.indexOf(upper.roleId);
  const upperRole = `${names.role(upper.roleId)}, ${other}'s role`;
  if (at === -1)
    return link(kind, [...ids, upper.roleId, upper.id], `${name}'s role ${role} is not below ${upperRole}`);
  const between = line.slice(0, at);
  const through = between.length === 0 ? '' : ` (through ${between.map(names.role).join(', ')})`;
  return link(
    kind,
    [...ids, ...between, upper.roleId, upper.id],
    `${name}'s role ${role} is below ${upperRole}${through}`,
  );
}
