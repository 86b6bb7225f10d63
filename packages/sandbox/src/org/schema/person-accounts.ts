import { address, date, email, type FieldSpec, flag, lookup, personName, phone, picklist, text } from './field.ts';

/** Either of these fields shows that an org has person accounts. */
const MARKS: readonly string[] = ['IsPersonAccount', 'PersonContactId'];

/** Further Account fields in an org with person accounts: the person's name and the fields of the contact half. */
const PERSON_FIELDS: readonly FieldSpec[] = [
  flag('IsPersonAccount'),
  lookup('PersonContactId', 'Contact'),
  ...personName().filter(({ name }) => name !== 'Name'),
  ...address('PersonMailing'),
  ...address('PersonOther'),
  phone('PersonMobilePhone'),
  phone('PersonHomePhone'),
  phone('PersonOtherPhone'),
  phone('PersonAssistantPhone'),
  email('PersonEmail'),
  text('PersonTitle', 80),
  text('PersonDepartment', 80),
  text('PersonAssistantName', 40),
  picklist('PersonLeadSource'),
  date('PersonBirthdate'),
  flag('PersonHasOptedOutOfEmail'),
  flag('PersonDoNotCall'),
];

/** Returns the fields that an object has only in an org with person accounts. `has`: the fields that the org names. */
export function personFields(object: string, has: ReadonlySet<string>): readonly FieldSpec[] {
  return object === 'Account' && MARKS.some((mark) => has.has(mark)) ? PERSON_FIELDS : [];
}
