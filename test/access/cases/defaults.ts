import { type Case, entity, org } from './case.ts';

/** Org-wide defaults of internal users. */
export const defaults: readonly Case[] = [
  {
    rule: 'a default that is not known is private',
    rows: [org({ DefaultLeadAccess: 'ControlledByCampaign' })],
    reads: [['roleless', 'lead', false]],
  },
  {
    rule: 'EntityDefinition wins over Organization',
    rows: [
      org({ DefaultLeadAccess: 'Read' }),
      entity('Lead', { InternalSharingModel: 'Private', ExternalSharingModel: 'Private' }),
    ],
    reads: [['roleless', 'lead', false]],
  },
  {
    rule: 'ControlledByParent means private for anything but contacts',
    rows: [org({ DefaultCaseAccess: 'ControlledByParent' })],
    reads: [
      ['rep', 'case', true],
      ['roleless', 'case', false],
    ],
  },
];
