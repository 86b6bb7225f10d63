import { type Case, entity, org } from './case.ts';

/** Org-wide defaults. */
export const defaults: readonly Case[] = [
  [
    'an open default opens the object to internal users, not to external ones',
    [org({ DefaultLeadAccess: 'ReadEditTransfer' })],
    [
      ['roleless', 'lead', true],
      ['portal', 'lead', false],
    ],
  ],
  [
    'a default that is not known is private',
    [org({ DefaultLeadAccess: 'ControlledByCampaign' })],
    [['roleless', 'lead', false]],
  ],
  [
    'EntityDefinition wins over Organization',
    [org({ DefaultLeadAccess: 'Read' }), entity('Lead', { InternalSharingModel: 'Private' })],
    [['roleless', 'lead', false]],
  ],
  [
    'an open external default opens the object to external users',
    [entity('Lead', { InternalSharingModel: 'ReadWrite', ExternalSharingModel: 'Read' })],
    [
      ['portal', 'lead', true],
      ['portal', 'case', false],
    ],
  ],
  [
    'ControlledByParent means private for anything but contacts',
    [org({ DefaultCaseAccess: 'ControlledByParent' })],
    [
      ['rep', 'case', true],
      ['roleless', 'case', false],
    ],
  ],
];
