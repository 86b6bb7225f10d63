import { type Case, entity, org } from './case.ts';

/** Org-wide defaults of internal users. */
export const defaults: readonly Case[] = [
  {
    rule: 'an unknown default is private',
    rows: [org({ DefaultLeadAccess: 'ControlledByCampaign' })],
    reads: [['roleless', 'lead', false]],
  },
  {
    rule: 'EntityDefinition takes precedence over Organization',
    rows: [
      org({ DefaultLeadAccess: 'Read' }),
      entity('Lead', { InternalSharingModel: 'Private', ExternalSharingModel: 'Private' }),
    ],
    reads: [['roleless', 'lead', false]],
  },
  {
    rule: 'ControlledByParent means private for every object except contacts',
    rows: [org({ DefaultCaseAccess: 'ControlledByParent' })],
    reads: [
      ['rep', 'case', true],
      ['roleless', 'case', false],
    ],
  },
];
