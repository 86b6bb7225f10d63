import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldName, trimName } from '../../src/index/model/user-name.ts';
import { holds } from '../salesforce/seeded.ts';

const FILE = 'test/index/user-name.test.ts';

it('lowers A to Z', () => {
  expect(foldName('Samuel.KRAUSE+1@Acme.Example')).toBe('samuel.krause+1@acme.example');
});

it('two names that fold to the same text differ only in the case of A to Z', () => {
  // Unit by unit: a name of two UTF-16 units must not become one of three.
  const isOfAscii = (one: string, other: string) =>
    one === other || (/^[A-Za-z]$/.test(one) && one.charCodeAt(0) === (other.charCodeAt(0) ^ 32));
  holds(
    FILE,
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const folded = foldName(name);
      expect(folded).toHaveLength(name.length);
      for (let at = 0; at < name.length; at++) expect(isOfAscii(name.charAt(at), folded.charAt(at))).toBe(true);
      expect(foldName(folded)).toBe(folded);
    }),
  );
});

it('strips blanks, tabs and line ends around a name, but no other white space', () => {
  expect(trimName(' \t\r\nada b\n')).toBe('ada b');
  for (const odd of ['\u00A0', '\u2003', '\u3000', '\uFEFF', '\v', '\0'])
    expect(trimName(`ada${odd}`)).toBe(`ada${odd}`);
});
