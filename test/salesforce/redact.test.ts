import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedact } from '../../src/salesforce/redact.ts';
import { CREDENTIALS, clientOf, refusal, rejection, rowsOf, scriptedOrg, tokenAnswer } from './scripted-org.ts';
import { holds } from './seeded.ts';

const FILE = 'test/salesforce/redact.test.ts';

const bytes = (text: string) => Buffer.from(text);
const everyByte = (text: string, write: (hex: string) => string) =>
  Array.from(bytes(text), (byte) => write(byte.toString(16).padStart(2, '0'))).join('');
const everyLetter = (text: string, write: (code: number) => string) =>
  Array.from(text, (letter) => write(letter.codePointAt(0) ?? 0)).join('');

/** Ways in which a text may repeat another. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  'upper case': (text) => text.toUpperCase(),
  'percent-encoded': encodeURIComponent,
  'form-encoded': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'percent-encoded whole': (text) => everyByte(text, (hex) => `%${hex.toUpperCase()}`),
  'percent-encoded whole, in small letters': (text) => everyByte(text, (hex) => `%${hex}`),
  'percent-encoded twice': (text) => encodeURIComponent(everyByte(text, (hex) => `%${hex}`)),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)),
  'JSON escapes': (text) => everyLetter(text, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
  'HTML decimal': (text) => everyLetter(text, (code) => `&#${code};`),
  'HTML hexadecimal': (text) => everyLetter(text, (code) => `&#x${code.toString(16)};`),
  'HTML names': (text) => text.replaceAll('!', '&excl;').replaceAll('.', '&period;').replaceAll('_', '&lowbar;'),
  hex: (text) => bytes(text).toString('hex'),
  'hex in capitals': (text) => bytes(text).toString('hex').toUpperCase(),
  base64: (text) => bytes(text).toString('base64'),
  base64url: (text) => bytes(text).toString('base64url'),
  'base64 behind one byte': (text) => bytes(`x${text}y`).toString('base64'),
  'base64 behind two bytes': (text) => bytes(`xx${text}y`).toString('base64'),
  'base64 of a header': (text) => bytes(`Bearer ${text}`).toString('base64'),
  'base64 of Basic': (text) => bytes(`the-key:${text}`).toString('base64'),
  'base64 in lines': (text) =>
    (
      bytes(`Bearer ${text}`)
        .toString('base64')
        .match(/.{1,20}/g) ?? []
    ).join('\r\n '),
  'base64, percent-encoded': (text) => encodeURIComponent(bytes(text).toString('base64')),
  'percent-encoded, in base64': (text) => bytes(encodeURIComponent(text)).toString('base64'),
  'base64 of base64': (text) => bytes(bytes(text).toString('base64')).toString('base64'),
  'base64 in hex': (text) => bytes(bytes(text).toString('base64')).toString('hex'),
};

/**
 * Whether a text reveals eight consecutive letters of a secret, in any of these ways. Independent of the code, and
 * slow.
 */
function tells(text: string, secret: string): string | null {
  const lower = text.toLowerCase();
  for (const [name, encode] of Object.entries(ENCODINGS)) {
    const encoded = encode(secret).toLowerCase();
    const core = name.includes('base64') ? encoded.slice(12, -12) : encoded;
    if (core.length >= 8 && lower.includes(core)) return name;
  }
  return null;
}

const TOKEN_LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._!-'];
const token = fc
  .string({ unit: fc.constantFrom(...TOKEN_LETTERS), minLength: 24, maxLength: 140 })
  .map((value) => `00D000000000001!${value}`);
const secret = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), minLength: 16, maxLength: 64 }),
  fc.string({
    unit: fc.constantFrom(...TOKEN_LETTERS, 'é', '+', '/', '=', '&', '%', '"', "'"),
    minLength: 12,
    maxLength: 40,
  }),
);
const words = fc.string({ unit: fc.constantFrom(...'bcdfg hjk,;(='), maxLength: 40 });

describe('a redacted text', () => {
  test.each(Object.entries(ENCODINGS))('contains no token and no secret, %s', (_, encode) => {
    holds(
      FILE,
      fc.property(fc.oneof(token, secret), words, words, (value, before, after) => {
        const redacted = createRedact([value])(`${before} ${encode(value)} ${after}`);
        expect(tells(redacted, value)).toBeNull();
        expect(redacted).toContain('…');
      }),
    );
  });

  test('contains none that is joined to other text', () => {
    holds(
      FILE,
      fc.property(token, fc.constantFrom(...Object.values(ENCODINGS)), words, (value, encode, before) => {
        const redacted = createRedact([value])(`${before}"${encode(value)}"${before}`);
        expect(tells(redacted, value)).toBeNull();
      }),
    );
  });

  test('contains no long piece of one either', () => {
    holds(
      FILE,
      fc.property(token, fc.nat(20), fc.constantFrom(...Object.values(ENCODINGS)), (value, start, encode) => {
        const piece = value.slice(start, start + 24);
        expect(tells(createRedact([value])(`it began with ${encode(piece)}`), piece)).toBeNull();
      }),
    );
  });

  test('contains no short secret either, unchanged or escaped', () => {
    const redact = createRedact(['pw1!']);
    expect(redact('sent pw1! and pw1%21 and PW1&#33;')).toBe('sent … and … and …');
  });

  test('is unchanged if it contained none', () => {
    holds(
      FILE,
      fc.property(token, fc.string({ unit: 'binary', maxLength: 200 }), (value, text) => {
        fc.pre(!text.includes('…'));
        expect(createRedact([value])(text)).toBe(text);
      }),
    );
    const message =
      "No such column 'Nope__c' on entity 'Account'. If you are attempting to use a custom field, append '__c'.";
    expect(createRedact(['SECRET-OF-THE-APP', ''])(message)).toBe(message);
  });

  test('keeps the words around a secret', () => {
    const redact = createRedact(['SECRET-TOKEN-1']);
    expect(redact('the header Authorization: Bearer SECRET-TOKEN-1 is not understood')).toBe(
      'the header Authorization: Bearer … is not understood',
    );
  });

  test('takes no longer for a text that is made to slow it down', () => {
    const value = `${'a'.repeat(2_000)}b`;
    for (const unit of ['a', '%', '%25', 'YWFh', '&#', '\\u', '61', 'a ']) {
      expect(createRedact([value])(unit.repeat(10_000 / unit.length)).length).toBeLessThanOrEqual(10_000);
    }
  });
});

describe('an org that repeats what it received', () => {
  const cases = Object.entries(ENCODINGS);

  function isSilent(error: unknown, value: string): void {
    const shown = [error instanceof Error ? error.message : '', JSON.stringify(error), String(error)].join(' ');
    expect(tells(shown, value)).toBeNull();
    expect(shown).not.toContain(value);
  }

  const TOKEN = '00D000000000001!AQEAQ.Zx_ab-cd.EFGH0123456789';

  test.each(cases)('reveals no token in a message, %s', async (_, encode) => {
    const org = await scriptedOrg({
      token: () => tokenAnswer(org.url, TOKEN),
      api: () => refusal(400, 'ODD', `you sent ${encode(TOKEN)}`),
    });
    isSilent(await rejection(rowsOf(clientOf(org).query('SELECT Id FROM Account'))), TOKEN);
  });

  test.each(cases)('reveals no token in an error code, %s', async (_, encode) => {
    const org = await scriptedOrg({
      token: () => tokenAnswer(org.url, TOKEN),
      api: () => refusal(400, encode(TOKEN), 'odd'),
    });
    const error = await rejection(rowsOf(clientOf(org).query('SELECT Id FROM Account')));
    isSilent(error, TOKEN);
    expect(error).toMatchObject({ message: 'HTTP 400: odd', errorCode: null });
  });

  test.each(cases)('reveals no token in the part of a composite, %s', async (_, encode) => {
    const body = [{ errorCode: 'INVALID_FIELD', message: `No such column '${encode(TOKEN)}' on entity 'Account'` }];
    const part = { body, httpHeaders: {}, httpStatusCode: 400, referenceId: 'r0' };
    const org = await scriptedOrg({
      token: () => tokenAnswer(org.url, TOKEN),
      api: () => ({ json: { compositeResponse: [part] } }),
    });
    const [outcome] = await clientOf(org).queryMany(['SELECT Id FROM Account']);
    expect(outcome?.ok).toBe(false);
    if (outcome?.ok === false) isSilent(outcome.error, TOKEN);
  });

  test.each(cases)('reveals no secret from the token endpoint, %s', async (_, encode) => {
    const value = CREDENTIALS.clientSecret;
    const org = await scriptedOrg({
      token: () => ({ status: 400, json: { error: encode(value), error_description: `you sent ${encode(value)}` } }),
    });
    isSilent(await rejection(clientOf(org).authenticate()), value);
  });

  test('reveals no half of a token at the cut of a long message', async () => {
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.AbCdEf';
    // Ten letters of the token are before the cut at 10,000 characters. What precedes them is not shown.
    const said = `'${'x'.repeat(9_987)}' ${jwt} and ${'more '.repeat(99)}`;
    expect(said.indexOf(jwt)).toBe(9_990);
    const org = await scriptedOrg({
      token: () => tokenAnswer(org.url, jwt),
      api: () => refusal(400, 'ODD', said),
    });
    const error = await rejection(rowsOf(clientOf(org).query('SELECT Id FROM Account')));
    expect(String(error)).not.toContain(jwt.slice(0, 5));
    expect(String(error)).toContain("ODD: '…'");
  });
});
