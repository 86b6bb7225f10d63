import { expect, test } from 'vitest';
import { isId, longId } from '../../src/org/ids.ts';

// 001D000000IRFmaIAH is from Salesforce's REST documentation. The other rows follow its rule.
test.each([
  ['an id of digits ends in AAA', '001000000000001', '001000000000001AAA'],
  ['a capital changes its own letter of the checksum', '00Q000000000001', '00Q000000000001EAA'],
  ['small letters do not count', '00q000000000001', '00q000000000001AAA'],
  ['capitals in every chunk', '001D000000IRFma', '001D000000IRFmaIAH'],
  ['an id of 18 characters stays unchanged', '001D000000IRFmaIAH', '001D000000IRFmaIAH'],
  ['a wrong checksum is corrected', '001D000000IRFmaAAA', '001D000000IRFmaIAH'],
])('%s', (_name, id, long) => {
  expect(longId(id)).toBe(long);
});

test.each([
  ['15 characters', '001000000000001', true],
  ['18 characters', '001000000000001AAA', true],
  ['16 characters are not an id', '001000000000001A', false],
  ['a hyphen is not allowed in an id', '00100000000000-', false],
  ['an empty string is not an id', '', false],
])('%s', (_name, text, expected) => {
  expect(isId(text)).toBe(expected);
});
