import type { IndexedObject } from './object.ts';

export const caseObject: IndexedObject = Object.freeze({
  name: 'Case',
  keyPrefix: '500',
  fields: [
    'CaseNumber',
    'Subject',
    'Description',
    'Status',
    'Priority',
    'Origin',
    'Type',
    'Reason',
    'SuppliedName',
    'SuppliedEmail',
    'SuppliedCompany',
    'SuppliedPhone',
  ],
  titleFields: ['Subject', 'CaseNumber'],
  accessFields: ['OwnerId', 'AccountId'],
  accountField: 'AccountId',
  excludedWhen: null,
  share: {
    object: 'CaseShare',
    parentField: 'CaseId',
    levelField: 'CaseAccessLevel',
    childLevelFields: {},
  },
  defaultField: 'DefaultCaseAccess',
});
