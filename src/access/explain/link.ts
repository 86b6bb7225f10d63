/** What a link or an obstacle is about. */
export type LinkKind =
  | 'user'
  | 'record'
  | 'permission'
  | 'viewAll'
  | 'default'
  | 'owner'
  | 'share'
  | 'account'
  | 'hierarchy'
  | 'group'
  | 'contacts'
  | 'private';

/** One step of a chain, or one obstacle. */
export interface Link {
  readonly kind: LinkKind;
  /** Ids of the records, users, groups, roles, permission sets and territories that the text names, in that order. */
  readonly ids: readonly string[];
  /** A clause for people to read. */
  readonly text: string;
}

export function link(kind: LinkKind, ids: readonly (string | null | undefined)[], text: string): Link {
  return { kind, ids: ids.filter((id) => typeof id === 'string'), text };
}
