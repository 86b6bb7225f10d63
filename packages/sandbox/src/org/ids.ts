const SHAPE = /^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$/;
const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Whether the text looks like a Salesforce id of 15 or 18 characters. */
export function isId(value: string): boolean {
  return SHAPE.test(value);
}

/**
 * Returns the 18-character form of an id of 15 or 18 characters. The last three characters encode which of the first
 * fifteen are capitals, so they are always computed.
 */
export function longId(id: string): string {
  let suffix = '';
  for (let chunk = 0; chunk < 15; chunk += 5) {
    let bits = 0;
    for (let i = 0; i < 5; i++) {
      const code = id.charCodeAt(chunk + i);
      if (code >= 65 && code <= 90) bits |= 1 << i;
    }
    suffix += CHECKSUM[bits];
  }
  return id.slice(0, 15) + suffix;
}
