import { explainer } from '../../../access/explain/explain.ts';
import type { ShareRow } from '../../../access/types.ts';
import type { AskedRecord, ExplainedIndex, KnownDocument, KnownRecord } from '../../model/explanation.ts';
import type { Database } from '../file/database.ts';
import { time } from '../file/stored.ts';
import { loadDocument, loadStrings } from '../store/documents.ts';
import { readIndexed } from '../store/indexed-fields.ts';
import { readMeta } from '../store/meta.ts';
import { readOrgTables } from '../store/org-tables.ts';
import { parentOf, rowsIn } from '../store/parents.ts';

/** Reads what all explanations have in common, by the tables of a membership generation. */
export function readExplainedIndex(db: Database, gen: number, now: number): ExplainedIndex {
  const { contacts, contactsMixed } = readMeta(db);
  const indexed = readIndexed(db);
  const explain = explainer(readOrgTables(db, gen), {
    fields: indexed.fields,
    now: new Date(now).toISOString(),
    documents: contactsMixed ? 'mixed' : contacts,
  });
  return { explain, indexed, usersAsOf: db.value(time('as_of'), 'from generation where gen = ?', gen) ?? 0 };
}

/** Reads what the store knows about a record. */
export function readKnownRecord(db: Database, { id, object }: AskedRecord): KnownRecord {
  const document = object === null ? null : readDocument(db, id);
  const accountId = document?.facts.accountId ?? null;
  return {
    document,
    shares: readShares(db, id),
    account:
      accountId === null ? null : { document: readDocument(db, accountId), shares: readShares(db, accountId) ?? [] },
  };
}

function readShares(db: Database, id: string): readonly ShareRow[] | null {
  const parent = parentOf(db, id);
  return parent === null ? null : rowsIn(parent.text);
}

function readDocument(db: Database, id: string): KnownDocument | null {
  const row = loadDocument(db, id);
  if (row === null) return null;
  const { live, version, facts } = row;
  return { live, version, facts, strings: live ? loadStrings(db, row) : {} };
}
