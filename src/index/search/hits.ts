import { type FieldLists, objectNamed } from '../../objects/index.ts';
import { recordUrl } from '../../salesforce/lightning-url.ts';
import type { UserScope } from '../model/scope.ts';
import type { Hit } from '../port/reader.ts';
import type { EngineView, FoundDocument, ShownDocument } from '../port/search-engine.ts';
import { Snippets } from '../text/snippet.ts';
import type { Term } from '../text/words.ts';

/** What is needed to show hits. */
export interface Showing {
  readonly terms: readonly Term[];
  readonly visible: UserScope;
  /** What the searcher may read of accounts, regardless of the requested types. */
  readonly accounts: UserScope;
  readonly titleFields: FieldLists;
  /** The origin of links. Empty: unknown. */
  readonly lightning: string;
}

/** Returns what the searcher sees of the documents that were found. */
export async function hitsOf(view: EngineView, found: readonly FoundDocument[], showing: Showing): Promise<Hit[]> {
  const { terms, visible, titleFields, lightning } = showing;
  const snippets = new Snippets(terms);
  const accounts = await shownAccounts(
    view,
    found.flatMap((document) => accountIdOf(document, visible) ?? []),
    showing.accounts,
  );
  return found.map((document): Hit => {
    const { id, object, modified, score } = document;
    const fields = readableStrings(document, visible);
    const snippet = snippets.of(fields);
    const readable = new Map(fields);
    const titleField = titleFields[object].find((field) => readable.has(field));
    return {
      id,
      object,
      url: recordUrl(lightning, object, id),
      title: (titleField === undefined ? undefined : readable.get(titleField)) ?? id,
      account: accounts.get(accountIdOf(document, visible) ?? '') ?? null,
      snippet: snippet.text,
      snippetField: snippet.field,
      modified: new Date(modified).toISOString(),
      score,
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
