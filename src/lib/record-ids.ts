const RECORD_ID = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;
const ORGANIZATION_ID = /^00D[0-9A-Za-z]{15}$/;

/** Whether the text has the form of a record id, of 15 or 18 characters. */
export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}

/** Whether the text has the form of an Organization Id, of 18 characters. */
export function isOrganizationId(text: string): boolean {
  return ORGANIZATION_ID.test(text);
}

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character form of a record id of 15 or 18 characters; null: not an id. The last three characters say which of
 * the first 15 are capitals (Salesforce: "How to convert a 15 digit ID to an 18 character ID").
 */
export function recordId18(text: string): string | null {
  if (!isRecordId(text)) return null;
  if (text.length === 18) return text;
  let suffix = '';
  for (let group = 0; group < 3; group++) {
    let bits = 0;
    for (let at = 0; at < 5; at++) if (/[A-Z]/.test(text.charAt(group * 5 + at))) bits |= 1 << at;
    suffix += SUFFIX.charAt(bits);
  }
  return text + suffix;
}
