import type { FieldLists, ObjectName } from '../objects/index.ts';

/** The fields that one object wants to have in the index. */
export interface WantedFields {
  readonly object: ObjectName;
  /** The fields that can be indexed, in the index's order. */
  readonly fields: readonly string[];
  /** Its standard fields and titles, even if they are not visible now. */
  readonly usual: readonly string[];
  /** Fields that the configuration names individually, even if they are not visible now. */
  readonly named: readonly string[];
}

/** The fields of each object for which the index has room. */
export type TakenFields = ReadonlyMap<ObjectName, ReadonlySet<string>>;

/**
 * Distributes the index's room: first to standard fields and titles, then to fields that the configuration names
 * individually, then to those that match its patterns. A field that is not visible now keeps its place, because it may
 * come back. Within a rank, fields that the index already has come first, so that a new field does not replace an old
 * one. The rest is taken in turn, one field per object, so that no object takes everything. The result does not change
 * if it is passed in again as `held`.
 *
 * @param held what the index contains now; null if nothing
 * @param room the number of fields that the index can hold
 */
export function shareRoom(wanted: readonly WantedFields[], held: FieldLists | null, room: number): TakenFields {
  const taken = new Map(wanted.map(({ object }) => [object, new Set<string>()]));
  let left = room;
  for (const rank of RANKS) {
    const ranked = wanted.map((one) => ({ object: one.object, ...rank(one) }));
    const isHeld = (object: ObjectName, field: string): boolean => held?.[object].includes(field) === true;
    for (const comesNow of [isHeld, () => true]) {
      const open = ranked.map(({ object, seen }) => ({
        object,
        fields: seen.filter((field) => comesNow(object, field) && taken.get(object)?.has(field) === false),
      }));
      for (const { object, field } of inTurn(open).slice(0, left)) {
        taken.get(object)?.add(field);
        left -= 1;
      }
    }
    left = Math.max(0, left - ranked.reduce((sum, { unseen }) => sum + unseen, 0));
  }
  return taken;
}

interface Ranked {
  readonly seen: readonly string[];
  /** Number of further fields for which a place is reserved. */
  readonly unseen: number;
}

const RANKS: readonly ((wanted: WantedFields) => Ranked)[] = [
  ({ fields, usual }) => among(fields, usual),
  ({ fields, usual, named }) =>
    among(
      fields,
      named.filter((field) => !usual.includes(field)),
    ),
  ({ fields, usual, named }) => ({
    seen: fields.filter((field) => !usual.includes(field) && !named.includes(field)),
    unseen: 0,
  }),
];

function among(fields: readonly string[], some: readonly string[]): Ranked {
  const seen = fields.filter((field) => some.includes(field));
  return { seen, unseen: new Set(some).size - seen.length };
}

/** Returns the first of each list, then the second of each, and so on. */
function inTurn(
  lists: readonly { readonly object: ObjectName; readonly fields: readonly string[] }[],
): { readonly object: ObjectName; readonly field: string }[] {
  const longest = Math.max(0, ...lists.map(({ fields }) => fields.length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap(({ object, fields }) => {
      const field = fields[at];
      return field === undefined ? [] : [{ object, field }];
    }),
  ).flat();
}
