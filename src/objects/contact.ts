import type { IndexedObject } from './object.ts';

export const contact: IndexedObject = Object.freeze({
  name: 'Contact',
  keyPrefix: '003',
  fields: [
    'Name',
    'Title',
    'Department',
    'Email',
    'Phone',
    'MobilePhone',
    'Description',
    'MailingStreet',
    'MailingCity',
    'MailingState',
    'MailingPostalCode',
    'MailingCountry',
  ],
  titleFields: ['Name'],
  accessFields: ['OwnerId', 'AccountId', 'IsPersonAccount'],
  accountField: 'AccountId',
  excludedWhen: null,
  share: {
    object: 'ContactShare',
    parentField: 'ContactId',
    levelField: 'ContactAccessLevel',
    childLevelFields: {},
  },
  defaultField: 'DefaultContactAccess',
});
