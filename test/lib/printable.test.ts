import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { reportText } from '../../src/check/text.ts';
import { auditText } from '../../src/cli/audit-text.ts';
import { endedLines } from '../../src/cli/backfill.ts';
import { explanationText } from '../../src/cli/explanation-text.ts';
import { reportError } from '../../src/cli/report-error.ts';
import { columns } from '../../src/cli/search-table.ts';
import { UserError } from '../../src/errors.ts';
import type { RecordExplanation } from '../../src/index/port/inspector.ts';
import { printable, printableJson, printableLines } from '../../src/lib/printable.ts';
import { RejectedQueryError } from '../../src/salesforce/errors.ts';
import { holds } from '../salesforce/seeded.ts';

const FILE = 'test/lib/printable.test.ts';

/** Sets a title, clears the screen, breaks the line, reverses the writing direction. */
const EVIL = 'a\u001b]0;title\u0007\u009b2J\r\nb\u2028c\u202Ed\u2066e\u200Ff\u061Cg\ud800h';
const SHOWN = 'a ]0;title 2J b cdefg\uFFFDh';
const UNSAFE = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\p{Cs}]/u;

describe('printable text', () => {
  it('is one line without control characters, direction marks and halves of characters', () => {
    expect(printable(EVIL)).toBe(SHOWN);
  });

  it.each(['👨‍👩‍👧', 'می\u200cخواهم', 'क्\u200dष', 'שלום', 'العربية', 'naïve', 'e\u0301', '日本語', 'a\u00a0b'])(
    'keeps %s',
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  it('contains nothing unsafe for any text, and does not change when it is made printable again', () => {
    holds(
      FILE,
      fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(UNSAFE);
        expect(printable(shown)).toBe(shown);
        expect(printableLines(text).replaceAll('\n', '')).not.toMatch(UNSAFE);
      }),
    );
  });

  it('keeps the lines of a message on request', () => {
    expect(printableLines('one\u001b[2J\ntwo\r\nthree')).toBe('one [2J\ntwo\nthree');
  });

  it('is safe to look at as JSON, with the same value', () => {
    holds(
      FILE,
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const value = { [text]: [text, EVIL] };
        const json = printableJson(value);
        expect(json.replaceAll('\n', '')).not.toMatch(UNSAFE);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

/** What is written to stderr meanwhile. */
function written(work: () => void): string {
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  work();
  write.mockRestore();
  return lines.join('');
}

const told = (text: string): RecordExplanation => ({
  user: { id: '005000000000001AAA', name: text, username: text },
  record: { id: '001000000000001AAA', object: 'Account', title: text, indexedAsOf: null },
  finds: true,
  reads: true,
  chain: [{ kind: 'owner', ids: [], text }],
  ways: 1,
  missing: [],
  hiddenFields: [text],
  usersAsOf: '2026-11-24T03:31:00Z',
});

describe('text from outside never reaches a terminal, log or history unchanged', () => {
  const facts = { message: EVIL, hint: EVIL, errorCode: EVIL, subject: EVIL };

  test('in an error of the org', () => {
    const error = new RejectedQueryError(facts);
    expect([error.message, error.hint, error.errorCode]).toEqual([SHOWN, SHOWN, null]);
  });

  test('in an error of the org, at any length', () => {
    expect(new RejectedQueryError({ ...facts, message: 'x'.repeat(1_000_000) }).message).toHaveLength(1_000);
  });

  test.each([
    ['of the org', new RejectedQueryError(facts), `${SHOWN}. ${SHOWN}\n`],
    ['that says what to do, in several lines', new UserError('one\u001b[2J\ntwo'), 'one [2J\ntwo\n'],
    [
      'that is unexpected',
      new TypeError('odd\u001b[2J'),
      'odd [2J (TypeError; set SALESFORCE_CONNECTOR_DEBUG=1 for the stack trace)\n',
    ],
    ['that is not an error', EVIL, `${printableLines(EVIL)}\n`],
  ])('on stderr, in an error %s', (_, error, expected) => {
    expect(written(() => reportError(error))).toBe(expected);
  });

  test('in the table of a search', () => {
    expect(columns([[EVIL, EVIL]])).toBe(`${SHOWN}  ${SHOWN}\n`);
  });

  test('in an explanation', () => {
    const text = explanationText(told(EVIL));
    expect(text.split('\n')).toEqual(
      explanationText(told('x'))
        .split('\n')
        .map((line) => line.replaceAll('x', () => SHOWN)),
    );
  });

  test('in an audit', () => {
    const numbers = { asked: 1, agree: 0, leaks: 1, losses: 0, unanswered: 0 };
    const explanation = told(EVIL);
    const text = auditText({
      ...numbers,
      seed: 1,
      users: 1,
      apiCalls: 1,
      objects: [{ object: 'Account', ...numbers }],
      borders: [],
      differences: [{ kind: 'leak', border: 'near miss', changed: null, explanation }],
    } as unknown as Parameters<typeof auditText>[0]);
    expect(text).toContain(`✗ leak: ${SHOWN} finds Account ${SHOWN}`);
    expect(text.replaceAll('\n', '')).not.toMatch(UNSAFE);
  });

  test('in what a backfill says at its end', () => {
    const result = { headline: EVIL, closed: [EVIL], warnings: [], apiCalls: 3 };
    expect(endedLines({ result, seconds: 1 })).toBe(`${SHOWN}, in 1.0 s with 3 API calls\n  ! ${SHOWN}`);
  });

  test('in a check', () => {
    const finding = { test: 'token', step: null, status: 'failed', found: EVIL, closes: EVIL, remedy: EVIL };
    const report = {
      connection: 'acme',
      baseUrl: 'https://acme.my.salesforce.com',
      status: 'failed',
      steps: [],
      org: [finding],
      engine: [finding],
      unseen: [],
      closed: [{ gap: { code: 'group_members_unknown', groupType: EVIL, count: 1 } }],
      sizes: null,
      forecast: null,
      stopped: EVIL,
      apiCalls: 1,
    };
    const text = reportText(report as unknown as Parameters<typeof reportText>[0], null);
    expect(text).toContain(`✗ ${SHOWN}\n  hides ${SHOWN}\n  → ${SHOWN}\n`);
    expect(text).toContain(`– groups of type ${SHOWN} (1): `);
    expect(text.replaceAll('\n', '')).not.toMatch(UNSAFE);
  });
});
