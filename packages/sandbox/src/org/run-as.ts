import type { Database } from 'libsql';
import { OrgFolderError } from './errors.ts';

/**
 * Returns the integration user if `org.json` names none: the active user with the lowest Id who has View All Data or
 * Modify All Data, by their profile or an assigned permission set. Throws `OrgFolderError` if there is none.
 */
export function defaultRunAs(db: Database, hasTables: boolean): string {
  const found: unknown = hasTables
    ? db
        .prepare(
          `SELECT u.Id FROM "User" u WHERE ifnull(u.IsActive, 1) = 1 AND EXISTS (
             SELECT 1 FROM "PermissionSet" p
             WHERE (p.PermissionsViewAllData = 1 OR p.PermissionsModifyAllData = 1)
               AND (p.ProfileId = u.ProfileId
                 OR EXISTS (SELECT 1 FROM "PermissionSetAssignment" a WHERE a.AssigneeId = u.Id AND a.PermissionSetId = p.Id)))
           ORDER BY u.Id LIMIT 1`,
        )
        .raw()
        .get([])
    : undefined;
  if (!Array.isArray(found))
    throw new OrgFolderError(
      'org.json: no active user has View All Data, so "run_as" has no default. Set it to the Id of a user.',
    );
  return String(found[0]);
}

/** Throws `OrgFolderError` if the user that `org.json` names isn't in User.csv. */
export function checkRunAs(db: Database, runAs: string, hasUsers: boolean): void {
  const found: unknown = hasUsers ? db.prepare('SELECT 1 FROM "User" WHERE Id = ?').raw().get([runAs]) : undefined;
  if (!Array.isArray(found))
    throw new OrgFolderError(`org.json: "run_as" names ${runAs}, who is not in User.csv. Name a user who is.`);
}
