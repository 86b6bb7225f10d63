import { type Explain, type Explanation, explainer } from '../../../access/explain/explain.ts';
import { link } from '../../../access/explain/link.ts';
import type { ExplainedRecord } from '../../../access/explain/ways.ts';
import type { AccountFacts } from '../../../access/types.ts';
import { recordId18 } from '../../../lib/record-ids.ts';
import { type IndexedFields, OBJECTS, type ObjectName } from '../../../objects/index.ts';
import type { RecordExplanation } from '../../port/inspector.ts';
import { findRecord } from '../engine/find.ts';
import { findSearcher, findUser } from '../engine/users.ts';
import { visibilityOf } from '../engine/visibility.ts';
import type { Database } from '../file/database.ts';
import { time } from '../file/stored.ts';
import { type DocumentRow, loadDocument, loadStrings } from '../store/documents.ts';
import { readIndexed } from '../store/held-fields.ts';
import { readMeta } from '../store/meta.ts';
import { readOrgTables } from '../store/org-tables.ts';
import { shareRows, shareVersion } from '../store/parents.ts';

/**
 * An explainer of why users find records, by the tables behind the current membership. Made in a read transaction, and
 * valid only there.
 */
export class Explainer {
  readonly #db: Database;
  readonly #gen: number;
  readonly #now: number;
  readonly #indexed: IndexedFields;
  readonly #explain: Explain;

  constructor(db: Database, gen: number, now: number) {
    const { contacts, contactsMixed } = readMeta(db);
    this.#db = db;
    this.#gen = gen;
    this.#now = now;
    this.#indexed = readIndexed(db);
    this.#explain = explainer(readOrgTables(db, gen), {
      fields: this.#indexed.fields,
      now: new Date(now).toISOString(),
      documents: contactsMixed ? 'mixed' : contacts,
    });
  }

  /** See `IndexInspector.explain`. */
  of(recordId: string, as: string): RecordExplanation {
    const { userId, name, username, refused } = findUser(this.#db, this.#gen, as);
    const id = recordId18(recordId.trim()) ?? recordId.trim();
    const object = OBJECTS.find(({ keyPrefix }) => id.startsWith(keyPrefix))?.name ?? null;
    const row = object === null ? null : loadDocument(this.#db, id);
    const live = row?.live === true ? row : null;
    const told =
      refused !== null
        ? nothing(link('user', [userId], `${name} is ${refused}, so searches do not serve them`))
        : live === null
          ? nothing(link('record', [], this.#absence(id, object, row)))
          : this.#explain(userId, this.#recordOf(live));
    return {
      ...told,
      user: { id: userId, name, username },
      record: {
        id,
        object,
        title: live === null ? null : this.#titleOf(live),
        indexedAsOf: live === null ? null : new Date(live.version).toISOString(),
      },
      finds: refused === null && live !== null && this.#finds(userId, id),
      usersAsOf: new Date(this.#asOf()).toISOString(),
    };
  }

  #recordOf(row: DocumentRow): ExplainedRecord {
    const { id, facts } = row;
    const { accountId } = facts;
    const account = accountId === null ? null : loadDocument(this.#db, accountId);
    const known = account?.live === true ? account : null;
    const title = this.#titleOf(row);
    const accountFacts: AccountFacts | null =
      accountId === null ? null : { ownerId: known?.facts.ownerId ?? null, shares: shareRows(this.#db, accountId) };
    return {
      id,
      label: `${facts.object} ${title ?? id}`,
      accountName: known === null ? null : this.#titleOf(known),
      facts,
      shares: shareRows(this.#db, id),
      account: accountFacts,
    };
  }

  #titleOf(row: DocumentRow): string | null {
    const strings = loadStrings(this.#db, row);
    const field = this.#indexed.titleFields[row.facts.object].find((each) => strings[each]);
    return field === undefined ? null : (strings[field] ?? null);
  }

  #finds(userId: string, id: string): boolean {
    const searcher = findSearcher(this.#db, this.#gen, userId, this.#now);
    // For one document both ways to look for principals are equally good.
    return findRecord(this.#db, id, visibilityOf(this.#db, searcher, this.#indexed, undefined, 0)) !== null;
  }

  #asOf(): number {
    return this.#db.value(time('as_of'), 'from generation where gen = ?', this.#gen) ?? 0;
  }

  #absence(id: string, object: ObjectName | null, row: DocumentRow | null): string {
    if (recordId18(id) === null) return `'${id.slice(0, 40)}' is not a record id`;
    const prefixes = OBJECTS.map(({ name, keyPrefix }) => `${keyPrefix} ${name}`).join(', ');
    if (object === null) return `${id} is of an object that is not indexed (indexed: ${prefixes})`;
    if (this.#indexed.fields[object].length === 0) return `${id} is not in the index: ${object} is switched off`;
    const gone = object === 'Lead' ? 'deleted, converted' : 'deleted';
    if (row !== null)
      return `${object} ${id} was removed from the index, as of ${new Date(row.version).toISOString()}: it was ${gone}, no longer matches the \`where\` of the config file, or was not seen by a complete backfill`;
    const hint = `it does not match the \`where\` of the config file, was ${gone}, or the integration user cannot read it (\`check\` shows that)`;
    if (shareVersion(this.#db, id) !== null)
      return `${object} ${id} is not in the index, although its share rows are: ${hint}`;
    return `${object} ${id} is not in the index: it is newer than the last run, it does not exist, ${hint}`;
  }
}

function nothing(missing: ReturnType<typeof link>): Explanation {
  return { reads: false, chain: [], ways: 0, missing: [missing], hiddenFields: [] };
}
