import type { Company } from './company.ts';
import { idSequence } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import { developerName } from './people.ts';
import { Random } from './random.ts';
import { COMPANY, type Person, type Role } from './staff.ts';
import { SET_UP } from './stamps.ts';
import type { Territories, Territory } from './territories.ts';

/** The groups that records are shared with, by id. */
export interface Groups {
  readonly everybody: string;
  readonly keyAccountDesk: string;
  readonly escalationDesk: string;
  /** Public groups of salespeople across the regions. A larger org has more. */
  readonly dealDesks: readonly string[];
  readonly supportQueues: readonly string[];
  readonly leadQueue: string;
  role(role: Role): string;
  roleAndBelow(role: Role): string;
  territory(territory: Territory): string;
}

/** The number of salespeople for each deal desk after the first two. */
const SELLERS_A_DESK = 40;

/**
 * Writes groups of every type that an org without digital experiences has. There is one for all users, two for each
 * role and territory, two for managers, public groups and queues. Public groups are nested, and the last two deal desks
 * contain each other.
 */
export function writeGroups(files: OrgFiles, company: Company, territories: Territories, seed: number): Groups {
  const groupId = idSequence('00G');
  const memberId = idSequence('011');
  const random = new Random(seed, 'groups');

  const group = (type: string, name: string, more: { related?: string; bosses?: boolean; email?: string } = {}) => {
    const Id = groupId();
    files.add('Group', {
      Id,
      Name: type === 'Regular' || type === 'Queue' ? name : null,
      DeveloperName: developerName(name),
      Type: type,
      RelatedId: more.related ?? null,
      DoesIncludeBosses: more.bosses ?? false,
      Email: more.email ?? null,
      SystemModstamp: SET_UP,
    });
    return Id;
  };
  const join = (groupId: string, ...members: readonly string[]): void => {
    for (const member of members)
      files.add('GroupMember', {
        Id: memberId(),
        GroupId: groupId,
        UserOrGroupId: member,
        SystemModstamp: SET_UP,
      });
  };
  const idsOf = (people: readonly Person[]): string[] => people.map(({ id }) => id);

  const everybody = group('Organization', 'AllInternalUsers');
  const ofRole = new Map(company.roles.map((role) => [role, group('Role', role.name, { related: role.id })]));
  const below = new Map(
    company.roles.map((role) => [role, group('RoleAndSubordinatesInternal', role.name, { related: role.id })]),
  );
  const ofTerritory = new Map(
    territories.all.map((each) => [each, group('Territory', each.name, { related: each.id })]),
  );
  for (const each of territories.all) group('TerritoryAndSubordinates', each.name, { related: each.id });
  const role = (of: Role) => found(ofRole.get(of));
  const roleAndBelow = (of: Role) => found(below.get(of));
  const { sales, service } = company.heads;
  const manager = group('Manager', `Managers of ${sales.last}`, { related: sales.id });
  const reports = group('ManagerAndSubordinatesInternal', `All below ${service.last}`, { related: service.id });

  const sellers = company.regions.flatMap(({ teams }) => teams.flatMap((team) => team.sellers));
  const keyAccountDesk = group('Regular', 'Key Account Desk', { bosses: true });
  join(keyAccountDesk, ...company.regions.flatMap(({ teams }) => idsOf(teams[0]?.sellers.slice(0, 1) ?? [])));
  const escalationDesk = group('Regular', 'Escalation Desk');
  join(escalationDesk, reports, manager, ...company.sites.flatMap(({ agents }) => idsOf(agents.slice(0, 1))));

  const deskCount = 2 + Math.floor(sellers.length / SELLERS_A_DESK);
  const dealDesks = Array.from({ length: deskCount }, (_, at) =>
    group('Regular', `Deal Desk ${at + 1}`, { bosses: at % 3 === 1 }),
  );
  for (const [at, desk] of dealDesks.entries()) {
    join(desk, ...idsOf(random.some(sellers, random.between(2, 4))));
    const next = dealDesks[at + 1] ?? dealDesks[at - 1];
    if (next !== undefined) join(desk, next);
  }

  const supportQueues = Array.from({ length: Math.ceil(company.sites.length / 2) }, (_, at) => {
    const name = at === 0 ? 'Customer Support' : `Customer Support ${at + 1}`;
    return group('Queue', name, { bosses: true, email: `support@${COMPANY.domain}` });
  });
  for (const [at, { agentRole }] of company.sites.entries())
    join(found(supportQueues[Math.floor(at / 2)]), role(agentRole));
  const leadQueue = group('Queue', 'Inbound Leads', { email: `sales@${COMPANY.domain}` });
  join(leadQueue, ...idsOf(company.development.reps));

  return {
    everybody,
    keyAccountDesk,
    escalationDesk,
    dealDesks,
    supportQueues,
    leadQueue,
    role,
    roleAndBelow,
    territory: (of) => found(ofTerritory.get(of)),
  };
}

function found(id: string | undefined): string {
  if (id === undefined) throw new Error('there is no such group');
  return id;
}
