import { type Case, GROUP, group, inTerritory, share, TERRITORY, territories } from './case.ts';

/** Groups that represent a territory of the active model. */
export const territoryGroups: readonly Case[] = [
  {
    rule: 'a Territory group reaches the territory and the territories above',
    rows: [
      ...territories,
      share('Lead', GROUP),
      group('Territory', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'eastLead', TERRITORY.top),
      inTerritory(2, 'roleless', TERRITORY.middle),
      inTerritory(3, 'viewer', TERRITORY.bottom),
    ],
    reads: [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', true],
      ['viewer', 'lead', false],
    ],
  },
  {
    rule: 'a TerritoryAndSubordinates group also reaches the territories below',
    rows: [
      ...territories,
      share('Lead', GROUP),
      group('TerritoryAndSubordinates', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'viewer', TERRITORY.bottom),
      inTerritory(2, 'roleless', TERRITORY.bottom, { IsActive: false }),
    ],
    reads: [
      ['viewer', 'lead', true],
      ['roleless', 'lead', false],
    ],
  },
  {
    rule: 'a territory of an inactive model grants nothing',
    rows: [
      ...territories,
      ['Territory2Model', { Id: TERRITORY.model, State: 'Archived' }],
      share('Lead', GROUP),
      group('Territory', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'roleless', TERRITORY.middle),
    ],
    reads: [['roleless', 'lead', false]],
  },
];
