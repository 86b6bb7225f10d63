import type { Company } from './company.ts';
import { HIDDEN_FIELDS, HIDDEN_FROM_SERVICE, type SecuredFields } from './fields.ts';
import { idOf, idSequence } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import { developerName } from './people.ts';
import {
  OBJECTS,
  type ObjectRights,
  PROFILES,
  profileIdOf,
  rightsColumns,
  SETUP_RIGHTS,
  SYSTEM_COLUMNS,
} from './profiles.ts';
import type { Person } from './staff.ts';
import { SET_UP } from './stamps.ts';

const EXPIRED = '2024-06-30T00:00:00.000Z';
const EXPIRES = '2035-01-01T00:00:00.000Z';

interface SetOptions {
  readonly objects?: ObjectRights;
  /** The fields that the set shows, as `Object.Field`. */
  readonly fields?: readonly string[];
  readonly system?: readonly string[];
  readonly profileId?: string;
  readonly groupId?: string;
  readonly needsSession?: boolean;
}

/**
 * Writes profiles with their own permission sets, further sets, and a permission set group with its aggregate set.
 * Writes their assignments too: some have expired or will, and one is of a set that counts only in a session that
 * activated it.
 */
export function writePermissions(files: OrgFiles, company: Company, secured: SecuredFields): void {
  const setId = idSequence('0PS');
  const objectId = idSequence('110');
  const fieldId = idSequence('01k');
  const assignmentId = idSequence('0Pa');

  const permissionSet = (label: string, options: SetOptions): string => {
    const Id = setId();
    const { profileId = null, groupId = null } = options;
    files.add('PermissionSet', {
      Id,
      Name: profileId === null ? developerName(label) : `X${profileId.slice(0, 15)}`,
      Label: label,
      IsOwnedByProfile: profileId !== null,
      IsCustom: true,
      ProfileId: profileId,
      PermissionSetGroupId: groupId,
      Type: profileId === null ? (groupId === null ? 'Regular' : 'Group') : 'Profile',
      HasActivationRequired: options.needsSession ?? false,
      ...Object.fromEntries(SYSTEM_COLUMNS.map((column) => [column, options.system?.includes(column) ?? false])),
      SystemModstamp: SET_UP,
    });
    for (const object of OBJECTS) {
      const rights = options.objects?.[object];
      if (rights === undefined) continue;
      files.add('ObjectPermissions', {
        Id: objectId(),
        ParentId: Id,
        SobjectType: object,
        ...rightsColumns(rights),
        SystemModstamp: SET_UP,
      });
    }
    for (const field of options.fields ?? [])
      files.add('FieldPermissions', {
        Id: fieldId(),
        ParentId: Id,
        SobjectType: field.slice(0, field.indexOf('.')),
        Field: field,
        PermissionsRead: true,
        PermissionsEdit: false,
        SystemModstamp: SET_UP,
      });
    return Id;
  };
  const assign = (set: string, person: Person, more: { groupId?: string; expires?: string } = {}): void =>
    files.add('PermissionSetAssignment', {
      Id: assignmentId(),
      AssigneeId: person.id,
      PermissionSetId: set,
      PermissionSetGroupId: more.groupId ?? null,
      ExpirationDate: more.expires ?? null,
      IsActive: more.expires !== EXPIRED,
      SystemModstamp: SET_UP,
    });

  const ofProfile = new Map(
    PROFILES.map(({ name, objects, system }) => {
      const profileId = profileIdOf(name);
      files.add('Profile', { Id: profileId, Name: name, UserType: 'Standard', SystemModstamp: SET_UP });
      return [
        name,
        permissionSet(name, { objects, system, profileId, fields: fieldsOfProfile(name, objects, secured) }),
      ];
    }),
  );
  for (const person of company.people) assign(ofProfile.get(person.profile) ?? '', person);

  const { heads, regions, sites, analyst, integration, development } = company;
  const notes = permissionSet('Deal Notes', { fields: ['Opportunity.Description'] });
  for (const person of [heads.chief, heads.sales, ...regions.map(({ director }) => director)]) assign(notes, person);
  for (const [at, seller] of regions.flatMap(({ teams }) => teams.flatMap((team) => team.sellers)).entries())
    if (at % 8 === 7) assign(notes, seller, { expires: at % 16 === 7 ? EXPIRED : EXPIRES });

  const forecast = permissionSet('Forecast Analysis', { objects: { Opportunity: 'view all' } });
  assign(forecast, analyst);
  assign(forecast, development.manager, { expires: EXPIRED });

  const groupId = idOf('0PG', 1);
  files.add('PermissionSetGroup', {
    Id: groupId,
    DeveloperName: 'Service_Leadership',
    MasterLabel: 'Service Leadership',
    Status: 'Updated',
    HasActivationRequired: false,
    SystemModstamp: SET_UP,
  });
  const aggregate = permissionSet('Service Leadership', {
    groupId,
    objects: { Case: 'view all', Opportunity: 'read' },
    fields: ['Opportunity.Amount', 'Account.Description'],
  });
  for (const { manager } of [...sites, { manager: heads.service }]) assign(aggregate, manager, { groupId });

  const emergency = permissionSet('Emergency Access', { system: ['PermissionsViewAllData'], needsSession: true });
  assign(emergency, sites[0]?.manager ?? heads.service);

  const searchIndex = permissionSet('Search Index', {
    objects: Object.fromEntries(OBJECTS.map((object) => [object, 'view all fields'])),
    system: SETUP_RIGHTS,
  });
  assign(searchIndex, integration);
}

function fieldsOfProfile(name: string, objects: ObjectRights, secured: SecuredFields): string[] {
  const hidden = new Set(name === 'System Administrator' ? [] : HIDDEN_FIELDS);
  if (name === 'Service User' || name === 'Marketing User') for (const field of HIDDEN_FROM_SERVICE) hidden.add(field);
  return OBJECTS.filter((object) => objects[object] !== undefined)
    .flatMap((object) => secured[object].map((field) => `${object}.${field}`))
    .filter((field) => !hidden.has(field));
}
