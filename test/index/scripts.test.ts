import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { fold, isContinuing } from '../../src/index/text/fold.ts';
import { Snippets } from '../../src/index/text/snippet.ts';
import { parseWords } from '../../src/index/text/words.ts';
import { member, type NewIndex, record, recordId, Started, userId } from './contract/setup.ts';

/** Builds words from every letter and every mark that this Node.js knows, and searches for them in an index. */

const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'index.sqlite');
const newIndex: NewIndex = async () => ({
  store: () => openRunStore({ index: indexAt(path), create: true }),
  reader: () => openIndexReader({ index: indexAt(path) }),
  inspector: () => openInspector({ index: indexAt(path) }),
  destroy: async () => {},
});

/** Only a sample of scripts with many thousand letters. */
const MANY = /[\p{sc=Han}\p{sc=Hang}\p{sc=Tang}\p{sc=Egyp}\p{sc=Xsux}\p{sc=Bamu}\p{sc=Hluw}]/u;
const every = (property: RegExp): string[] => {
  const found: string[] = [];
  for (let code = 0; code < 0x110000; code++) {
    const letter = String.fromCodePoint(code);
    if (property.test(letter) && (!MANY.test(letter) || code % 17 === 0)) found.push(letter);
  }
  return found;
};
/** Letters that stay one letter, and merge with no other. Other letters have their own tests. */
const letters = every(/\p{L}/u).filter((letter) => /^\p{L}$/u.test(fold(letter)) && !isContinuing(letter, 0));
const marks = every(/\p{M}/u);
/** Neighbouring letters mostly belong to one script. */
const neighbour = (letter: string): string =>
  letters.findLast(
    (each) => each <= letter && /^\p{Lo}$/u.test(each) && each.codePointAt(0) !== letter.codePointAt(0),
  ) ?? 'a';

interface Word {
  readonly word: string;
  /** The same word with another letter, or without one mark. */
  readonly other: string;
}

/** The letters of a word. */
const LENGTH = 8;

const words: Word[] = [];
for (let at = 0; at + LENGTH < letters.length; at += LENGTH) {
  const word = letters.slice(at, at + LENGTH);
  words.push({ word: word.join(''), other: word.with(LENGTH >> 1, letters[at + LENGTH] ?? '').join('') });
}
const marked: Word[] = marks.map((mark) => {
  const base = neighbour(mark);
  return { word: `${base}${mark}${base}`, other: `${base}${base}` };
});

describe('words of every script', async () => {
  const all = [...words, ...marked];
  const world = await Started.begin(newIndex, member(1));
  const records = all.map(({ word }, n) => record('Lead', n + 1, { Description: `before ${word} after` }));
  for (let from = 0; from < records.length; from += 1_000)
    await world.write({ records: records.slice(from, from + 1_000) });
  const reader = await openIndexReader({ index: indexAt(path) });
  /** Not as a prefix: another word follows it. */
  const found = (typed: string) => reader.ids(`${typed} before`, { as: userId(1) });

  it('are many', () => {
    expect(words.length).toBeGreaterThan(2_500);
    expect(marked.length).toBeGreaterThan(2_000);
  });

  it('are each found by one separate search', async () => {
    const alike = new Map<string, string[]>();
    for (const [n, { word }] of all.entries())
      alike.set(fold(word), [...(alike.get(fold(word)) ?? []), recordId('Lead', n + 1)]);
    const wrong: string[] = [];
    for (const { word } of all) {
      const ids = await found(word);
      if (ids.toSorted().join() !== alike.get(fold(word))?.toSorted().join()) wrong.push(`${word} ${fold(word)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are not found by a word that differs in one letter', async () => {
    const wrong: string[] = [];
    for (const [n, { word, other }] of words.entries())
      if (fold(word) !== fold(other) && (await found(other)).includes(recordId('Lead', n + 1))) wrong.push(word);
    expect(wrong).toEqual([]);
  });

  it('are found without a mark exactly if it is an accent, a point, or invisible', async () => {
    const kept: string[] = [];
    for (const [n, { other }] of marked.entries())
      if (!(await found(other)).includes(recordId('Lead', words.length + n + 1))) kept.push(marks[n] ?? '');
    const optional = marks.filter((mark) => !kept.includes(mark));
    expect(
      optional.filter((mark) => /[\p{sc=Deva}\p{sc=Beng}\p{sc=Taml}\p{sc=Thai}\p{sc=Khmr}\p{sc=Tibt}]/u.test(mark)),
    ).toEqual(['\u17b4', '\u17b5']);
    expect(kept.filter((mark) => /[\p{sc=Zinh}\p{sc=Cyrl}\p{sc=Grek}\p{sc=Hebr}\p{sc=Arab}]/u.test(mark))).toEqual([
      '\u3099',
      '\u309a',
    ]);
    expect(kept.length).toBeGreaterThan(1_000);
  });

  it('are marked in the text in which they are found', () => {
    const unmarked = all.filter(({ word }) => {
      const { text } = new Snippets(parseWords(`${word} before`)).of([['Description', `before ${word} after`]]);
      // Letters of scripts with spaces and letters of scripts without spaces form separate words.
      return !text.replaceAll('⟧⟦', '').includes(`⟦${word}⟧`);
    });
    expect(unmarked.map(({ word }) => word)).toEqual([]);
  });
});
