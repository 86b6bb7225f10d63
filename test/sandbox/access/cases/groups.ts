import { ROLES, USERS } from '../small-org.ts';
import { type Case, GROUP, group, inTerritory, member, OUTER, record, share, TERRITORY, territories } from './case.ts';

/** Groups. */
export const groups: readonly Case[] = [
  [
    'a group reaches its members, not those above them',
    [share('Lead', GROUP), group('Regular'), member(1, USERS.eastLead)],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a group with DoesIncludeBosses reaches those above its members',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, USERS.eastLead),
    ],
    [
      ['chief', 'lead', true],
      ['westLead', 'lead', false],
    ],
  ],
  [
    '… and one without it does not',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: false }),
      member(1, USERS.eastLead),
    ],
    [
      ['eastLead', 'lead', true],
      ['chief', 'lead', false],
    ],
  ],
  [
    'an inactive member brings nobody',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, USERS.inactive),
    ],
    [
      ['westLead', 'lead', false],
      ['inactive', 'lead', false],
    ],
  ],
  [
    'groups nested in a cycle reach their members and end',
    [
      share('Lead', OUTER),
      group('Regular', {}, OUTER),
      group('Regular'),
      member(1, GROUP, OUTER),
      member(2, OUTER, GROUP),
      member(3, USERS.eastLead, GROUP),
    ],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a nested group with DoesIncludeBosses brings its bosses whatever the outer says',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: false }, OUTER),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, GROUP, OUTER),
      member(2, USERS.rep, GROUP),
    ],
    [
      ['westLead', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'an outer group with DoesIncludeBosses has the bosses of nested members too',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: true }, OUTER),
      group('ManagerAndSubordinatesInternal', { RelatedId: USERS.westLead, DoesIncludeBosses: false }),
      member(1, GROUP, OUTER),
    ],
    [
      ['westLead', 'lead', true],
      ['rep', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'a queue that owns a lead reaches its members',
    [record('Lead', 'lead', { OwnerId: GROUP }), group('Queue', { DoesIncludeBosses: true }), member(1, USERS.rep)],
    [
      ['rep', 'lead', true],
      ['westLead', 'lead', true],
      ['colleague', 'lead', false],
    ],
  ],
  [
    'a queue whose bosses are switched off does not reach them',
    [record('Lead', 'lead', { OwnerId: GROUP }), group('Queue', { DoesIncludeBosses: false }), member(1, USERS.rep)],
    [
      ['rep', 'lead', true],
      ['westLead', 'lead', false],
    ],
  ],
  [
    'a Role group reaches the role and those above',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Role', { RelatedId: ROLES.west }),
    ],
    [
      ['westLead', 'lead', true],
      ['chief', 'lead', true],
      ['rep', 'lead', false],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'a Role group inside a group brings those above the role',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: false }, OUTER),
      group('Role', { RelatedId: ROLES.west }),
      member(1, GROUP, OUTER),
    ],
    [
      ['chief', 'lead', true],
      ['rep', 'lead', false],
    ],
  ],
  [
    'RoleAndSubordinates reaches below too, portal users included',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('RoleAndSubordinates', { RelatedId: ROLES.west }),
    ],
    [
      ['rep', 'lead', true],
      ['portal', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'RoleAndSubordinatesInternal leaves portal users out',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('RoleAndSubordinatesInternal', { RelatedId: ROLES.west }),
    ],
    [
      ['rep', 'lead', true],
      ['portal', 'lead', false],
    ],
  ],
  [
    'Organization reaches every active internal user',
    [share('Lead', GROUP), group('Organization')],
    [
      ['roleless', 'lead', true],
      ['inactive', 'lead', false],
      ['portal', 'lead', false],
    ],
  ],
  [
    'a Manager group reaches the managers, through inactive ones, not the user',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Manager', { RelatedId: USERS.colleague }),
    ],
    [
      ['eastLead', 'lead', true],
      ['colleague', 'lead', false],
      ['westLead', 'lead', false],
    ],
  ],
  [
    'ManagerAndSubordinatesInternal reaches the user and all who report to them',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('ManagerAndSubordinatesInternal', { RelatedId: USERS.chief }),
    ],
    [
      ['chief', 'lead', true],
      ['rep', 'lead', true],
      ['colleague', 'lead', false],
    ],
  ],
  [
    'a Territory group reaches the territory and those above',
    [
      ...territories,
      share('Lead', GROUP),
      group('Territory', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'eastLead', TERRITORY.top),
      inTerritory(2, 'roleless', TERRITORY.middle),
      inTerritory(3, 'viewer', TERRITORY.bottom),
    ],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', true],
      ['viewer', 'lead', false],
    ],
  ],
  [
    'TerritoryAndSubordinates reaches those below too',
    [
      ...territories,
      share('Lead', GROUP),
      group('TerritoryAndSubordinates', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'viewer', TERRITORY.bottom),
      inTerritory(2, 'roleless', TERRITORY.bottom, { IsActive: false }),
    ],
    [
      ['viewer', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a territory of a model that is not active gives nothing',
    [
      ...territories,
      ['Territory2Model', { Id: TERRITORY.model, State: 'Archived' }],
      share('Lead', GROUP),
      group('Territory', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'roleless', TERRITORY.middle),
    ],
    [['roleless', 'lead', false]],
  ],
  [
    'a group of an unknown type reaches nobody',
    [share('Lead', GROUP), group('AllCustomerPortal'), member(1, USERS.roleless)],
    [
      ['portal', 'lead', false],
      ['roleless', 'lead', false],
    ],
  ],
];
