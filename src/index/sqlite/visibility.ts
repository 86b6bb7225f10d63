import { bare } from '../../access/markers.ts';
import type { ObjectReach } from '../../access/types.ts';
import { type IndexedFields, OBJECTS, type ObjectName } from '../../objects/index.ts';
import type { Database } from './database.ts';
import { INLINE_PRINCIPALS } from './documents.ts';
import { codeOf, columnOf, columnsOf } from './layout.ts';
import { principalNumber } from './principals.ts';
import type { Group } from './query.ts';
import type { Searcher } from './users.ts';

/** What a searcher may read of the objects that are read in one way. */
interface VisibleGroup extends Group {
  readonly objects: readonly ObjectName[];
}

/** What a searcher may read. */
export interface Visibility {
  readonly groups: readonly VisibleGroup[];
  /**
   * Holds for exactly the documents `doc d` that the searcher may read. Its parameter ?2 is `map`. The groups' principals
   * are only the faster way to the same documents, where they are few enough to be looked for as words.
   */
  readonly condition: string;
  /** One byte per principal's number: 1 where the searcher holds it. */
  readonly map: Buffer;
  /** The object's fields that the searcher may read, in the object's order. */
  readonly readable: (object: ObjectName) => readonly string[];
  /** Whether the searcher may read a field of an object, indexed or not, that the membership has decided on. */
  readonly mayRead: (object: ObjectName, field: string) => boolean;
}

const INLINE = Array.from({ length: INLINE_PRINCIPALS }, (_, at) => `d.p${at}`);
/** Of a negative place, which only a damaged file has, `substr` would count from the end. */
const holds = (column: string): string => `substr(?2, (${column} & ${2 ** 31 - 1}) + 1, 1) = x'01'`;
const HOLDS_ONE = `(${INLINE.map(holds).join(' or ')}
  or (d.more = 1 and exists (select 1 from more_access m where m.rid = d.rid and ${holds('m.p')})))`;

/**
 * @param indexed the file's fields
 * @param tokensUpTo how many principals are looked for as words; of users with more, documents are tested one by one
 */
export function visibilityOf(
  db: Database,
  searcher: Searcher,
  indexed: IndexedFields,
  types: readonly ObjectName[] | undefined,
  tokensUpTo: number,
): Visibility {
  // Documents of an object that was switched off are on their way out.
  const asked = OBJECTS.filter(({ name }) => indexed.fields[name].length > 0 && (types?.includes(name) ?? true));
  const every = columnsOf(indexed).length;
  const readable = (name: ObjectName): readonly string[] => readableFields(searcher, indexed, name);
  const group = (reach: ObjectReach, pids: readonly number[] | null): VisibleGroup => {
    const objects = asked.filter((object) => searcher.objects[object.name].reach === reach);
    const fields = objects.flatMap(({ name }) => readable(name).map((field) => ({ name, field })));
    const titles = fields.filter(({ name, field }) => indexed.titleFields[name].includes(field));
    const columns = fields.map(({ name, field }) => columnOf(name, field));
    const titleColumns = titles.map(({ name, field }) => columnOf(name, field));
    const everyColumn = columns.length === every;
    return { objects: objects.map((object) => object.name), columns, titleColumns, everyColumn, pids };
  };
  const alone = principalNumber(db, bare(searcher.userId));
  const ways: readonly (readonly [VisibleGroup, string])[] = [
    [group('all', null), '1'],
    [group('principals', searcher.pids.length > tokensUpTo ? null : [...searcher.pids]), HOLDS_ONE],
    [group('bare', alone === null ? [] : [alone]), alone === null ? '0' : carries(alone)],
  ];
  const open = ways.filter(([{ objects, pids }]) => objects.length > 0 && pids?.length !== 0);
  const conditions = open.map(
    ([{ objects }, access]) => `(d.obj in (${objects.map(codeOf).join(', ')}) and ${access})`,
  );
  return {
    groups: open.map(([each]) => each),
    // Every statement that has the condition has the parameter, whether or not the searcher's reach needs it.
    condition: `(d.live = 1 and ?2 is not null and (${conditions.length === 0 ? '0' : conditions.join(' or ')}))`,
    map: mapOf(searcher.pids),
    readable,
    mayRead: (object, field) => openFields(searcher, object).includes(field),
  };
}

function carries(pid: number): string {
  return `(${pid} in (${INLINE.join(', ')})
    or (d.more = 1 and exists (select 1 from more_access m where m.rid = d.rid and m.p = ${pid})))`;
}

/** Those of the file's fields that are open to the searcher. */
function readableFields(searcher: Searcher, indexed: IndexedFields, name: ObjectName): string[] {
  const fields = openFields(searcher, name);
  return indexed.fields[name].filter((field) => fields.includes(field));
}

/** Those fields that were decided on when the membership was made, and are open to the searcher. */
function openFields({ objects, everyField }: Searcher, name: ObjectName): readonly string[] {
  const { fields } = objects[name];
  return fields === 'all' ? everyField[name] : fields;
}

/** Of ascending numbers. */
function mapOf(pids: Int32Array): Buffer {
  const map = Buffer.alloc((pids.at(-1) ?? 0) + 1);
  for (const pid of pids) map[pid] = 1;
  return map;
}
