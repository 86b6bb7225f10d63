import type { Company } from './company.ts';
import { idSequence } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import { profileIdOf } from './profiles.ts';
import { COMPANY, type Person, type Role } from './staff.ts';
import { SET_UP } from './stamps.ts';

const STAMP = { SystemModstamp: SET_UP };

/** Writes the roles and who is frozen. */
export function writePeople(files: OrgFiles, { roles, people }: Company): void {
  for (const role of roles) files.add('UserRole', roleRow(role));
  const loginId = idSequence('0Yw');
  for (const person of people) {
    files.add('UserLogin', {
      Id: loginId(),
      UserId: person.id,
      IsFrozen: person.frozen,
      IsPasswordLocked: false,
      LastModifiedDate: SET_UP,
    });
  }
}

/** Writes the users. They come last: a half-written folder has none, so the sandbox refuses it. */
export function writeUsers(files: OrgFiles, { people }: Company): void {
  for (const person of people) files.add('User', userRow(person));
}

function roleRow(role: Role) {
  return {
    Id: role.id,
    Name: role.name,
    DeveloperName: developerName(role.name),
    ParentRoleId: role.parent?.id ?? null,
    CaseAccessForAccountOwner: role.cases,
    OpportunityAccessForAccountOwner: role.opportunities,
    ContactAccessForAccountOwner: 'Edit',
    PortalType: 'None',
    ...STAMP,
  };
}

function userRow(person: Person) {
  return {
    Id: person.id,
    FirstName: person.first,
    LastName: person.last,
    Name: `${person.first} ${person.last}`,
    Username: person.username,
    Email: person.username,
    Title: person.title,
    CompanyName: COMPANY.name,
    IsActive: person.active,
    UserType: 'Standard',
    UserRoleId: person.role?.id ?? null,
    ManagerId: person.manager?.id ?? null,
    ProfileId: profileIdOf(person.profile),
    FederationIdentifier: `${COMPANY.alias}-${1000 + person.number}`,
    CreatedDate: SET_UP,
    LastModifiedDate: SET_UP,
    ...STAMP,
  };
}

/** Returns the developer name that Salesforce makes from a label. */
export function developerName(label: string): string {
  return label.replaceAll(/[^A-Za-z0-9]+/g, '_');
}
