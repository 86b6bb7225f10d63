import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textWithoutContent } from '../../src/salesforce/message-text.ts';
import { holds } from './seeded.ts';

const FILE = 'test/salesforce/message-text.test.ts';
const caret = "\nSELECT Id, Nope__c FROM Account WHERE Name = 'Jane'\n           ^\nERROR at Row:1:Column:12\n";

describe('the text of an error', () => {
  test.each([
    [
      'keeps a name in quotes',
      "No such column 'Nope__c' on entity 'Account'.",
      "No such column 'Nope__c' on entity 'Account'.",
    ],
    ['drops a value in quotes', "bad value 'Jane Doe'", "bad value '…'"],
    [
      'drops values in other quotes',
      'bad “Jane Doe” «Jane Doe» „Jane Doe“ `Jane Doe` ‘Jane Doe’',
      'bad “…” «…» „…“ `…` ‘…’',
    ],
    ['drops a quote within other quotes together with them', `bad "Jane 'the' Doe"`, 'bad "…"'],
    ['does not end at a quote behind a backslash', "bad 'O\\'Brien, Jane' value", "bad '…' value"],
    ['takes an apostrophe inside a word for no quote', "it doesn't find 'Jane Doe' here", "it doesn't find '…' here"],
    [
      'takes a French apostrophe for no quote',
      "L'utilisateur n'a pas accès à 'Jane Doe'.",
      "L'utilisateur n'a pas accès à '…'.",
    ],
    ['does not end at an apostrophe inside a quote', "bad value 'Jane O'Brien' here", "bad value '…' here"],
    ['drops everything after a quote that does not end', "bad value 'Jane Doe of Main St", "bad value '…"],
    ['takes a quote behind a letter for one if it ends like one', "bad value'Jane Doe' here", "bad value'…' here"],
    ['drops several quotes behind letters', "N'Jane Doe' and N'4 Main St' here", "N'…' and N'…' here"],
    [
      'drops the caret block with any content',
      `${caret}ERROR at Row:2:Column:3\nunexpected token: 'AND'`,
      "unexpected token: 'AND'",
    ],
    [
      'drops addresses',
      'duplicate of <jane.doe@example.com>, jane@sub.example.co.uk and x@y',
      'duplicate of <…>, … and …',
    ],
    ['drops long numbers, also with other digits', 'cannot parse 4915112345678 or ٤٩١٥١١٢٣٤', 'cannot parse … or …'],
    ['keeps numbers that begin an id', 'of 001000000000001AAA', 'of 001000000000001AAA'],
    [
      'drops control characters and direction marks',
      'a\u001b[31mred\u0007\u202Etxt.exe\u2069\u2028b',
      'a [31mred txt.exe b',
    ],
  ])('%s', (_, message, expected) => {
    expect(textWithoutContent(message)).toBe(expected);
  });

  test('shows nothing of a quote for any cut', () => {
    holds(
      FILE,
      fc.property(
        fc.string({ unit: fc.constantFrom(' ', 'a', 'b', "'", '"', '\\', '\n'), maxLength: 60 }),
        fc.nat(400),
        fc.constantFrom("'", '"'),
        (before, length, mark) => {
          // Text before it must leave no quote open, and no letter directly before the quote.
          const plain = before.replaceAll(/['"\\]/g, '');
          const text = `${plain} ${mark}JANE DOE ${'x '.repeat(length)}`;
          expect(textWithoutContent(text)).not.toContain('JANE');
          expect(textWithoutContent(`${text}${mark} and more`)).not.toContain('JANE');
          expect(textWithoutContent(`${'x '.repeat(5_000 - length)}${text}`.repeat(3))).not.toContain('JANE');
        },
      ),
    );
  });

  test('is at most 300 characters, printable, and the same when it is made again', () => {
    holds(
      FILE,
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (message) => {
        const text = textWithoutContent(message);
        expect(text.length).toBeLessThanOrEqual(300);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });

  test.each([
    ["'", ''],
    ['"', ''],
    ["'\\a", ''],
    ['a@', ''],
    ['a@a.', '@'],
    ['1', 'a'],
    [' ', ''],
    ['ERROR at Row:1', ''],
    ['ERROR at Row:1:Column:1 ', 'x'],
    ["a'a ", "'"],
    ["'a", "'"],
    ['«', ''],
    ['x', ''],
  ])('takes linear time for a million times %j', (unit, end) => {
    // In quadratic time this would take hours.
    const text = unit.repeat(1_000_000) + end;
    expect(textWithoutContent(text).length).toBeLessThanOrEqual(300);
  });
});
