import { sfId } from '../folder.ts';
import { USERS } from '../small-org.ts';
import { type Case, record, share } from './case.ts';

/** Share rows to users. */
export const shares: readonly Case[] = [
  [
    'a share row to a user reaches the user and those above',
    [share('Lead', USERS.eastLead)],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a share row of level None gives nothing',
    [share('Lead', USERS.eastLead, { LeadAccessLevel: 'None' })],
    [['eastLead', 'lead', false]],
  ],
  [
    'a deleted share row gives nothing',
    [share('Lead', USERS.eastLead, { IsDeleted: true })],
    [['eastLead', 'lead', false]],
  ],
  [
    'a share row to an inactive user reaches those above',
    [record('Lead', 'lead', { OwnerId: USERS.integration }), share('Lead', USERS.inactive)],
    [
      ['westLead', 'lead', true],
      ['rep', 'lead', false],
      ['inactive', 'lead', false],
    ],
  ],
  [
    'a Compliant Data Sharing row reaches its user alone',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', USERS.rep, { RowCause: 'CompliantDataSharing' }),
    ],
    [
      ['rep', 'lead', true],
      ['westLead', 'lead', false],
    ],
  ],
  ['a share row to an unknown group reaches nobody', [share('Lead', sfId('00G', 99))], [['roleless', 'lead', false]]],
];
