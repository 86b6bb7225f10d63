import type { IndexedObject } from './object.ts';

export const opportunity: IndexedObject = Object.freeze({
  name: 'Opportunity',
  keyPrefix: '006',
  fields: ['Name', 'StageName', 'Type', 'LeadSource', 'NextStep', 'Amount', 'CloseDate', 'Description'],
  titleFields: ['Name'],
  accessFields: ['OwnerId', 'AccountId', 'IsPrivate'],
  accountField: 'AccountId',
  excludedWhen: null,
  share: {
    object: 'OpportunityShare',
    parentField: 'OpportunityId',
    levelField: 'OpportunityAccessLevel',
    childLevelFields: {},
  },
  defaultField: 'DefaultOpportunityAccess',
});
