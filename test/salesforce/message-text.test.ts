import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textWithoutContent } from '../../src/salesforce/message-text.ts';
import { holds } from './seeded.ts';

const FILE = 'test/salesforce/message-text.test.ts';
const caret = "\nSELECT Id, Nope__c FROM Account WHERE Name = 'Jane'\n           ^\nERROR at Row:1:Column:12\n";

describe('the text of an error', () => {
  test.each([
    [
      'a name in quotes stays',
      "No such column 'Nope__c' on entity 'Account'.",
      "No such column 'Nope__c' on entity 'Account'.",
    ],
    ['a value in quotes goes', "bad value 'Jane Doe'", "bad value '…'"],
    [
      'so does one in other quotes',
      'bad “Jane Doe” «Jane Doe» „Jane Doe“ `Jane Doe` ‘Jane Doe’',
      'bad “…” «…» „…“ `…` ‘…’',
    ],
    ['a quote within other quotes goes with them', `bad "Jane 'the' Doe"`, 'bad "…"'],
    ['a quote behind a backslash ends nothing', "bad 'O\\'Brien, Jane' value", "bad '…' value"],
    ['an apostrophe inside a word is no quote', "it doesn't find 'Jane Doe' here", "it doesn't find '…' here"],
    ['nor is one in French', "L'utilisateur n'a pas accès à 'Jane Doe'.", "L'utilisateur n'a pas accès à '…'."],
    ['nor does one end a quote', "bad value 'Jane O'Brien' here", "bad value '…' here"],
    ['a quote that does not end takes the rest', "bad value 'Jane Doe of Main St", "bad value '…"],
    ['a quote behind a letter is one, by its end', "bad value'Jane Doe' here", "bad value'…' here"],
    ['and so are several', "N'Jane Doe' and N'4 Main St' here", "N'…' and N'…' here"],
    [
      'the caret block goes, whatever it holds',
      `${caret}ERROR at Row:2:Column:3\nunexpected token: 'AND'`,
      "unexpected token: 'AND'",
    ],
    [
      'addresses go',
      'duplicate of <jane.doe@example.com>, jane@sub.example.co.uk and x@y',
      'duplicate of <…>, … and …',
    ],
    ['long numbers go, in other digits too', 'cannot parse 4915112345678 or ٤٩١٥١١٢٣٤', 'cannot parse … or …'],
    ['numbers that begin an id stay', 'of 001000000000001AAA', 'of 001000000000001AAA'],
    ['controls and direction marks go', 'a\u001b[31mred\u0007\u202Etxt.exe\u2069\u2028b', 'a [31mred txt.exe b'],
  ])('%s', (_, message, expected) => {
    expect(textWithoutContent(message)).toBe(expected);
  });

  test('shows nothing of a quote, wherever it is cut', () => {
    holds(
      FILE,
      fc.property(
        fc.string({ unit: fc.constantFrom(' ', 'a', 'b', "'", '"', '\\', '\n'), maxLength: 60 }),
        fc.nat(400),
        fc.constantFrom("'", '"'),
        (before, length, mark) => {
          // Whatever precedes it must leave no quote open, and no letter at the quote.
          const plain = before.replaceAll(/['"\\]/g, '');
          const text = `${plain} ${mark}JANE DOE ${'x '.repeat(length)}`;
          expect(textWithoutContent(text)).not.toContain('JANE');
          expect(textWithoutContent(`${text}${mark} and more`)).not.toContain('JANE');
          expect(textWithoutContent(`${'x '.repeat(5_000 - length)}${text}`.repeat(3))).not.toContain('JANE');
        },
      ),
    );
  });

  test('is never longer than 300 characters, printable, and the same when it is made again', () => {
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
  ])('does not take ever longer for a million times %j', (unit, end) => {
    // In quadratic time this would take hours.
    const text = unit.repeat(1_000_000) + end;
    expect(textWithoutContent(text).length).toBeLessThanOrEqual(300);
  });
});
