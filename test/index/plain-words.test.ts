import fc from 'fast-check';
import Libsql from 'libsql';
import { expect, it } from 'vitest';
import { indexedStrings } from '../../src/index/sqlite/engine/tokens.ts';
import { indexWords } from '../../src/index/text/normalize.ts';
import { STANDARD_FIELDS } from '../../src/objects/index.ts';

/** `FC_SEED=<seed> npm test -- test/index/plain-words.test.ts` repeats a failure, which prints its seed. */
const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

const FACTS = { object: 'Lead', ownerId: null, accountId: null, isPrivate: false, isPersonAccount: false } as const;
const AT = STANDARD_FIELDS.fields.Lead.indexOf('Description');

it('the words of a column are those of its text, in their order, also where FTS5 splits it', () => {
  const db = new Libsql(':memory:');
  db.exec(`create virtual table fts using fts5(x, content='', columnsize=0, tokenize='ascii');
    create virtual table words using fts5vocab(fts, instance)`);
  const add = db.prepare('insert into fts (rowid, x) values (1, ?)');
  const words = db.prepare('select term from words order by offset').raw();
  const empty = db.prepare("insert into fts (fts) values ('delete-all')");
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789 -+()x'), maxLength: 20 });
  const texts = fc.oneof(digits, fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 30 }));
  fc.assert(
    fc.property(texts, (text) => {
      const strings = indexedStrings({ facts: FACTS, principalNumbers: [] }, STANDARD_FIELDS, { Description: text });
      add.run([strings[AT] ?? '']);
      const found = (words.all() as [string][]).map(([word]) => word);
      empty.run();
      expect(found).toEqual(indexWords(text));
    }),
    { numRuns: 2_000, ...seed },
  );
  db.close();
});
