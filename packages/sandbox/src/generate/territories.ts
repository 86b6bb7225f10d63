import type { Company } from './company.ts';
import { idSequence } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import { developerName } from './people.ts';
import type { Person } from './staff.ts';
import { SET_UP } from './stamps.ts';
import { REGIONS } from './words/places.ts';

export interface Territory {
  readonly id: string;
  readonly name: string;
  readonly parent: Territory | null;
}

export interface Territories {
  readonly all: readonly Territory[];
  readonly byCountry: ReadonlyMap<string, Territory>;
}

const ACCESS = {
  AccountAccessLevel: 'Edit',
  OpportunityAccessLevel: 'Read',
  CaseAccessLevel: 'Read',
  ContactAccessLevel: 'Read',
};

/**
 * Writes a territory model of three levels: the world, its regions and their countries. A second model is archived: its
 * territories have users too but give no access.
 */
export function writeTerritories(files: OrgFiles, company: Company): Territories {
  const modelId = idSequence('0MA');
  const territoryId = idSequence('0MI');
  const associationId = idSequence('0MC');
  const all: Territory[] = [];
  const byCountry = new Map<string, Territory>();

  const model = (name: string, state: string): string => {
    const Id = modelId();
    files.add('Territory2Model', {
      Id,
      Name: name,
      DeveloperName: developerName(name),
      State: state,
      ActivatedDate: SET_UP,
      DeactivatedDate: state === 'Active' ? null : SET_UP,
      SystemModstamp: SET_UP,
    });
    return Id;
  };
  const territory = (model: string, name: string, developer: string, parent: Territory | null): Territory => {
    const made = { id: territoryId(), name, parent };
    files.add('Territory2', {
      Id: made.id,
      Name: name,
      DeveloperName: developerName(developer),
      Territory2ModelId: model,
      ParentTerritory2Id: parent?.id ?? null,
      ...ACCESS,
      SystemModstamp: SET_UP,
    });
    return made;
  };
  const assign = ({ id }: Territory, person: Person, active: boolean, part: string): void =>
    files.add('UserTerritory2Association', {
      Id: associationId(),
      UserId: person.id,
      Territory2Id: id,
      IsActive: active,
      RoleInTerritory2: part,
      SystemModstamp: SET_UP,
    });

  const active = model('Sales Territories', 'Active');
  const world = territory(active, 'World', 'World', null);
  all.push(world);
  for (const [at, { name, countries }] of REGIONS.entries()) {
    const region = territory(active, name, name, world);
    all.push(region);
    const places = countries.map((country) => territory(active, country, country, region));
    all.push(...places);
    for (const place of places) byCountry.set(place.name, place);
    const sales = company.regions[at];
    if (sales === undefined) throw new Error(`there is no sales region ${name}`);
    assign(region, sales.director, true, 'Owner');
    for (const [n, seller] of sales.teams.flatMap(({ sellers }) => sellers).entries()) {
      const place = places[n % places.length];
      // Every eleventh seller has left the territory. Their row stays, inactive.
      if (place !== undefined) assign(place, seller, seller.number % 11 !== 7, 'Rep');
    }
  }
  const archived = model('Sales Territories 2023', 'Archived');
  const old = territory(archived, 'Key Accounts 2023', 'Key_Accounts_2023', null);
  assign(old, company.analyst, true, 'Rep');
  all.push(old);
  return { all, byCountry };
}
