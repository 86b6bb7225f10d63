import { type FieldLists, type ObjectName, objectNamed } from '../../../objects/index.ts';
import { recordUrl } from '../../../salesforce/lightning-url.ts';
import type { Hit } from '../../port/reader.ts';
import type { Snippets } from '../../text/snippet.ts';
import type { Database } from '../file/database.ts';
import { loadShown, type ShownDocument } from '../store/documents.ts';
import { type Found, findRecord } from './find.ts';
import type { Visibility } from './visibility.ts';

/** What is needed to show a hit. */
export interface Showing {
  readonly db: Database;
  readonly snippets: Snippets;
  readonly visible: Visibility;
  /** What the searcher may read of accounts, regardless of the requested types. */
  readonly accounts: Visibility;
  readonly titleFields: FieldLists;
  /** The origin of links. Empty: unknown. */
  readonly lightning: string;
}

/** Returns what the searcher sees of a document that was found. */
export function hitOf(showing: Showing, { rowNumber, score }: Found): Hit {
  const { db, snippets, visible, titleFields, lightning } = showing;
  const shown = loadShown(db, rowNumber);
  const { id, object, modified, accountId } = shown;
  const fields = readableStrings(shown, visible);
  const snippet = snippets.of(fields);
  const readable = new Map(fields);
  const titleField = titleFields[object].find((field) => readable.has(field));
  return {
    id,
    object,
    url: recordUrl(lightning, object, id),
    title: (titleField === undefined ? undefined : readable.get(titleField)) ?? id,
    account: accountId === null ? null : accountOf(showing, object, accountId),
    snippet: snippet.text,
    snippetField: snippet.field,
    modified: new Date(modified).toISOString(),
    score,
    fields: Object.fromEntries(fields),
  };
}

/** Returns a hit's account. Null does not say why: there is no account, or the searcher may not know it. */
function accountOf({ db, visible, accounts }: Showing, child: ObjectName, id: string): Hit['account'] {
  const { accountField } = objectNamed(child);
  return accountField !== null && visible.mayRead(child, accountField) ? shownAccount(db, accounts, id) : null;
}

/**
 * Returns an account in the form that hits show.
 *
 * @param accounts what the searcher may read of accounts
 */
export function shownAccount(db: Database, accounts: Visibility, id: string): Hit['account'] {
  const found = findRecord(db, id, accounts);
  if (found === null) return null;
  const name = new Map(readableStrings(loadShown(db, found.rowNumber), accounts)).get('Name');
  return name === undefined ? null : { id, name };
}

function readableStrings({ object, strings }: ShownDocument, visible: Visibility): [string, string][] {
  return visible.readable(object).flatMap((field): [string, string][] => {
    const text = strings[field];
    return text === undefined || text === '' ? [] : [[field, text]];
  });
}
