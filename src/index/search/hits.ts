import { type FieldLists, objectNamed } from '../../objects/index.ts';
import { recordUrl } from '../../salesforce/lightning-url.ts';
import type { UserScope } from '../model/scope.ts';
import type { Hit, ShownRecord } from '../port/reader.ts';
import type { EngineView, FoundDocument, ShownDocument } from '../port/search-engine.ts';
import { Snippets } from '../text/snippet.ts';
import type { Term } from '../text/words.ts';

/** What is needed to show records. */
export interface Showing {
  readonly visible: UserScope;
  /** What the searcher may read of accounts, regardless of the requested types. */
  readonly accounts: UserScope;
  readonly titleFields: FieldLists;
  /** The origin of links. Empty: unknown. */
  readonly lightning: string;
}

/** Returns what the searcher sees of the documents that were found, with the places of the words. */
export async function hitsOf(
  view: EngineView,
  found: readonly FoundDocument[],
  terms: readonly Term[],
  showing: Showing,
): Promise<Hit[]> {
  const snippets = new Snippets(terms);
  const records = await shownRecords(view, found, showing);
  return records.map((record, at) => {
    const snippet = snippets.of(Object.entries(record.fields));
    return { ...record, snippet: snippet.text, snippetField: snippet.field, score: found[at]?.score ?? 0 };
  });
}

/** Returns what the searcher sees of documents in their scope. */
export async function shownRecords(
  view: EngineView,
  found: readonly ShownDocument[],
  showing: Showing,
): Promise<ShownRecord[]> {
  const { visible, titleFields, lightning } = showing;
  const accounts = await shownAccounts(
    view,
    found.flatMap((document) => accountIdOf(document, visible) ?? []),
    showing.accounts,
  );
  return found.map((document): ShownRecord => {
    const { id, object, modified } = document;
    const fields = readableStrings(document, visible);
    const readable = new Map(fields);
    const titleField = titleFields[object].find((field) => readable.has(field));
    return {
      id,
      object,
      url: recordUrl(lightning, object, id),
      title: (titleField === undefined ? undefined : readable.get(titleField)) ?? id,
      account: accounts.get(accountIdOf(document, visible) ?? '') ?? null,
      modified: new Date(modified).toISOString(),
      fields: Object.fromEntries(fields),
    };
  });
}

/**
 * Returns the accounts that hits may show, as hits show them, by id. A missing account may not exist, or the searcher
 * may not know it.
 *
 * @param accounts what the searcher may read of accounts
 */
export async function shownAccounts(
  view: EngineView,
  ids: readonly string[],
  accounts: UserScope,
): Promise<ReadonlyMap<string, Hit['account']>> {
  const records = ids.length === 0 ? [] : await view.records([...new Set(ids)], accounts.scope);
  return new Map(
    records.flatMap((record): [string, Hit['account']][] => {
      const name = new Map(readableStrings(record, accounts)).get('Name');
      return name === undefined ? [] : [[record.id, { id: record.id, name }]];
    }),
  );
}

/** Returns a document's account. Null: it has none, or the searcher may not read which. */
function accountIdOf({ object, accountId }: ShownDocument, visible: UserScope): string | null {
  const { accountField } = objectNamed(object);
  return accountField !== null && visible.mayRead(object, accountField) ? accountId : null;
}

function readableStrings({ object, strings }: ShownDocument, visible: UserScope): [string, string][] {
  return visible.readable(object).flatMap((field): [string, string][] => {
    const text = strings[field];
    return text === undefined || text === '' ? [] : [[field, text]];
  });
}
