import type { FieldLists, ObjectName } from '../objects/index.ts';

/** What one object asks of the index's room. */
export interface WantedFields {
  readonly object: ObjectName;
  /** The fields that can be indexed, in the index's order. */
  readonly fields: readonly string[];
  /** Its usual fields and its titles, whether or not they are seen now. */
  readonly usual: readonly string[];
  /** Fields that the configuration names one by one, whether or not they are seen now. */
  readonly named: readonly string[];
}

/** The fields of each object that the index has room for. */
export type TakenFields = ReadonlyMap<ObjectName, ReadonlySet<string>>;

/**
 * Shares the index's room: usual fields and titles first, then fields that the configuration names one by one, then those
 * of its patterns. What is not seen now keeps its place, for it may come back. Of equal ones those that the index holds
 * come first, so that a new field takes no place of an old one; the rest is taken in turn, a field of each object, so that
 * no object takes all. The same again, with what was taken as what is held, takes the same.
 *
 * @param held what the index holds now; null: nothing
 * @param room so many fields the index can hold
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
  /** How many more are to have a place. */
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

/** The first of each list, then the second of each, and so on. */
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
