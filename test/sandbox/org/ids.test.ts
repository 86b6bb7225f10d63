import { expect, test } from 'vitest';
import { isId, longId } from '../../../sandbox/org/ids.ts';

// 001D000000IRFmaIAH stands in Salesforce's REST documentation; the other rows follow its rule.
test.each([
  ['an id of digits ends in AAA', '001000000000001', '001000000000001AAA'],
  ['a capital moves its own letter of the checksum', '00Q000000000001', '00Q000000000001EAA'],
  ['small letters do not count', '00q000000000001', '00q000000000001AAA'],
  ['capitals in every chunk', '001D000000IRFma', '001D000000IRFmaIAH'],
  ['an id of 18 characters stays as it is', '001D000000IRFmaIAH', '001D000000IRFmaIAH'],
  ['a wrong checksum is computed anew', '001D000000IRFmaAAA', '001D000000IRFmaIAH'],
])('%s', (_name, id, long) => {
  expect(longId(id)).toBe(long);
});

test.each([
  ['15 characters', '001000000000001', true],
  ['18 characters', '001000000000001AAA', true],
  ['16 characters are no id', '001000000000001A', false],
  ['a hyphen makes it no id', '00100000000000-', false],
  ['nothing is no id', '', false],
])('%s', (_name, text, expected) => {
  expect(isId(text)).toBe(expected);
});
