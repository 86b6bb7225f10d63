import { OBJECTS, type ObjectName } from './api.ts';

/** What is asked. It is in the fragment of the page's address, which browsers do not send. */
export interface View {
  readonly words: string;
  /** Null: all objects. */
  readonly type: ObjectName | null;
  /** Only what was modified in the last days; empty: any time. */
  readonly days: string;
  readonly sort: string;
  readonly account: { readonly id: string; readonly name: string } | null;
}

/** The choices of the page. */
const DAYS = ['7', '30', '365'];

export function readView(fragment: string): View {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  const id = values.get('account');
  return {
    words: values.get('q') ?? '',
    type: OBJECTS.find(({ name }) => name === values.get('type'))?.name ?? null,
    days: DAYS.find((each) => each === values.get('days')) ?? '',
    sort: values.get('sort') === 'modified' ? 'modified' : 'relevance',
    account: id === null ? null : { id, name: values.get('name') ?? id },
  };
}

export function writeView({ words, type, days, sort, account }: View): string {
  const values = new URLSearchParams();
  if (words !== '') values.set('q', words);
  if (type !== null) values.set('type', type);
  if (days !== '') values.set('days', days);
  if (sort !== 'relevance') values.set('sort', sort);
  if (account !== null) {
    values.set('account', account.id);
    values.set('name', account.name);
  }
  const text = values.toString();
  return text === '' ? '#' : `#${text}`;
}

const LEAST_LETTERS = 3;

/** Scripts in which one or two letters are a word. */
const SHORT_WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** Whether the page searches for these words without Enter. */
export function isLongEnough(words: string): boolean {
  return words.trim() === '' || words.trim().length >= LEAST_LETTERS || SHORT_WORDS.test(words);
}
