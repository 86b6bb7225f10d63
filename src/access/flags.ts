/** A flag as a row has it: in a damaged row it may be anything. */
type Flag = unknown;

/**
 * Does the flag take something away (revoked, frozen, session-based)? A null one does not, for many rows have none; one
 * that is no flag at all may mean it.
 */
export function takesAway(flag: Flag): boolean {
  return flag !== false && flag !== null && flag !== undefined;
}

/** Does the flag leave its row in force (active)? A null one does; one that is no flag at all may mean the opposite. */
export function leavesInForce(flag: Flag): boolean {
  return flag === true || flag === null || flag === undefined;
}
