import type { Phrase, Term } from '../words.ts';
import { principalToken } from './layout.ts';

/** Objects that are read in one way, and the full-text columns that may be matched in them. */
export interface Group {
  readonly columns: readonly string[];
  /** These are all columns of the file. */
  readonly everyColumn: boolean;
  /** Only documents that carry one of these principals; null: every document, or another filter sees to it. */
  readonly pids: readonly number[] | null;
}

/**
 * The FTS5 expression for terms that must all be found, group by group: a word is only looked for in the group's columns,
 * and only in documents that carry the group's principals. Null: there is nowhere to look (FTS5 has no empty filter).
 */
export function wordsExpression(groups: readonly Group[], terms: readonly Term[]): string | null {
  const words = terms.map(termExpression).join(' AND ');
  return anyOf(
    groups
      .filter((group) => group.columns.length > 0)
      .map((group) => {
        const matched = `${columnFilter(group)}(${words})`;
        return group.pids === null ? matched : `(${matched} AND ${principalsExpression(group.pids)})`;
      }),
  );
}

/** The FTS5 expression for documents that carry one of the principals. At least one must be given. */
export function principalsExpression(pids: readonly number[]): string {
  return `{acl} : (${pids.map((pid) => quoted(principalToken(pid))).join(' OR ')})`;
}

function anyOf(expressions: readonly string[]): string | null {
  return expressions.length === 0 ? null : expressions.map((each) => `(${each})`).join(' OR ');
}

/** Without a filter FTS5 is twice as fast; words never match principals, for no text keeps their first letter. */
function columnFilter({ columns, everyColumn }: Group): string {
  return everyColumn ? '' : `{${columns.join(' ')}} : `;
}

function termExpression({ alternatives }: Term): string {
  const each = alternatives.map((phrases) => phrases.map(phraseExpression).join(' AND '));
  return each.length === 1 ? `(${each[0]})` : `(${each.map((one) => `(${one})`).join(' OR ')})`;
}

function phraseExpression({ tokens, prefix }: Phrase): string {
  return quoted(tokens.join(' ')) + (prefix ? ' *' : '');
}

/** In quotes nothing is an operator. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
