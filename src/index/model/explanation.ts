import type { Explain, Explanation } from '../../access/explain/explain.ts';
import { link } from '../../access/explain/link.ts';
import type { ExplainedRecord } from '../../access/explain/ways.ts';
import type { RecordFacts, ShareRow } from '../../access/types.ts';
import { recordId18 } from '../../lib/record-ids.ts';
import { type IndexedFields, OBJECTS, type ObjectName } from '../../objects/index.ts';
import type { RecordExplanation } from '../port/inspector.ts';
import type { NamedUser } from '../port/search-engine.ts';

/** The record that an explanation is about. */
export interface AskedRecord {
  /** 18 characters, or the text as typed if it is not a record id. */
  readonly id: string;
  /** From the id's prefix. Null: not an indexed object. */
  readonly object: ObjectName | null;
}

/** What a store knows about a record. */
export interface KnownRecord {
  /** Null: it was never indexed, or nothing of it is left. */
  readonly document: KnownDocument | null;
  /** Null: none were ever read. */
  readonly shares: readonly ShareRow[] | null;
  /** The record's account. Null: the record has none, or is not in the index. */
  readonly account: {
    readonly document: KnownDocument | null;
    readonly shares: readonly ShareRow[];
  } | null;
}

export interface KnownDocument {
  /** False: it was removed. */
  readonly live: boolean;
  readonly version: number;
  readonly facts: RecordFacts;
  /** Empty if it was removed. */
  readonly strings: Readonly<Record<string, string>>;
}

/** What explanations of one state of an index have in common. */
export interface ExplainedIndex {
  /** Made from the tables behind the current membership. */
  readonly explain: Explain;
  readonly indexed: IndexedFields;
  /** The org's time of that membership. */
  readonly usersAsOf: number;
}

export function askedRecord(typed: string): AskedRecord {
  const id = recordId18(typed.trim()) ?? typed.trim();
  return { id, object: OBJECTS.find(({ keyPrefix }) => id.startsWith(keyPrefix))?.name ?? null };
}

/** Explains one record to an operator. See `IndexInspector.explain`. */
export function explanationOf(
  { explain, indexed, usersAsOf }: ExplainedIndex,
  { userId, name, username, refused }: NamedUser,
  asked: AskedRecord,
  known: KnownRecord,
  finds: boolean,
): RecordExplanation {
  const document = known.document?.live === true ? known.document : null;
  const explained =
    refused !== null
      ? nothing(link('user', [userId], `${name} is ${refused}, so searches do not serve them`))
      : document === null
        ? nothing(link('record', [], absenceOf(asked, known, indexed)))
        : explain(userId, explainedRecord(asked.id, document, known, indexed));
  return {
    ...explained,
    user: { id: userId, name, username },
    record: {
      ...asked,
      title: document === null ? null : titleOf(document, indexed),
      indexedAsOf: document === null ? null : new Date(document.version).toISOString(),
    },
    finds,
    usersAsOf: new Date(usersAsOf).toISOString(),
  };
}

function explainedRecord(
  id: string,
  document: KnownDocument,
  { shares, account }: KnownRecord,
  indexed: IndexedFields,
): ExplainedRecord {
  const { facts } = document;
  const parent = account?.document?.live === true ? account.document : null;
  return {
    id,
    label: `${facts.object} ${titleOf(document, indexed) ?? id}`,
    accountName: parent === null ? null : titleOf(parent, indexed),
    facts,
    shares: shares ?? [],
    account: account === null ? null : { ownerId: parent?.facts.ownerId ?? null, shares: account.shares },
  };
}

function titleOf({ facts, strings }: KnownDocument, { titleFields }: IndexedFields): string | null {
  const field = titleFields[facts.object].find((each) => strings[each]);
  return field === undefined ? null : (strings[field] ?? null);
}

/** Says why a record is not in the index, as a clause. */
function absenceOf({ id, object }: AskedRecord, { document, shares }: KnownRecord, { fields }: IndexedFields): string {
  if (recordId18(id) === null) return `'${id.slice(0, 40)}' is not a record id`;
  const prefixes = OBJECTS.map(({ name, keyPrefix }) => `${keyPrefix} ${name}`).join(', ');
  if (object === null) return `${id} is of an object that is not indexed (indexed: ${prefixes})`;
  if (fields[object].length === 0) return `${id} is not in the index: ${object} is switched off`;
  const gone = object === 'Lead' ? 'deleted, converted' : 'deleted';
  if (document !== null)
    return `${object} ${id} was removed from the index, as of ${new Date(document.version).toISOString()}: it was ${gone}, no longer matches the \`where\` of the config file, or was not seen by a complete backfill`;
  const hint = `it does not match the \`where\` of the config file, was ${gone}, or the integration user cannot read it (\`check\` shows that)`;
  if (shares !== null) return `${object} ${id} is not in the index, although its share rows are: ${hint}`;
  return `${object} ${id} is not in the index: it is newer than the last run, it does not exist, ${hint}`;
}

function nothing(missing: ReturnType<typeof link>): Explanation {
  return { reads: false, chain: [], ways: 0, missing: [missing], hiddenFields: [] };
}
