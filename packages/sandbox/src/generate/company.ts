import { hiring, type Staff } from './hiring.ts';
import type { Person, Role } from './staff.ts';
import { REGIONS } from './words/places.ts';

/** Salespeople of one role in a region. */
export interface Team {
  readonly role: Role;
  readonly sellers: readonly Person[];
}

export interface SalesRegion {
  readonly name: string;
  readonly role: Role;
  readonly director: Person;
  readonly teams: readonly Team[];
}

export interface SupportSite {
  readonly role: Role;
  readonly agentRole: Role;
  readonly manager: Person;
  readonly agents: readonly Person[];
}

export interface Company {
  readonly roles: readonly Role[];
  readonly people: readonly Person[];
  /** The people who have a role. */
  readonly employees: readonly Person[];
  readonly heads: {
    readonly chief: Person;
    readonly sales: Person;
    readonly service: Person;
    readonly marketing: Person;
  };
  /** The sales regions, in the order of `REGIONS`. */
  readonly regions: readonly SalesRegion[];
  readonly sites: readonly SupportSite[];
  readonly development: { readonly role: Role; readonly manager: Person; readonly reps: readonly Person[] };
  /** Reads every opportunity, and has no role. */
  readonly analyst: Person;
  readonly admin: Person;
  readonly integration: Person;
}

const TEAM_SIZE = 8;
const SITE_SIZE = 30;

/**
 * Returns the company's staff: about forty people for up to a few thousand accounts, then in proportion. It is the same
 * for every seed.
 */
export function company(accounts: number): Company {
  const staff = hiring();
  const sellers = Math.max(16, Math.ceil(accounts / 300));
  const agents = Math.max(8, Math.ceil(accounts / 900));
  const reps = Math.max(3, Math.ceil(accounts / 3000));

  const chiefRole = staff.role('Chief Executive', null, 'None', 'None');
  const chief = staff.hire('Chief Executive Officer', chiefRole, null, 'Sales User');
  const salesRole = staff.role('VP Sales', chiefRole, 'Read', 'Edit');
  const sales = staff.hire('VP Sales', salesRole, chief, 'Sales User');
  const serviceRole = staff.role('VP Customer Service', chiefRole, 'Edit', 'None');
  const service = staff.hire('VP Customer Service', serviceRole, chief, 'Service User');
  const marketingRole = staff.role('VP Marketing', chiefRole, 'None', 'None');
  const marketing = staff.hire('VP Marketing', marketingRole, chief, 'Marketing User');

  const regions = REGIONS.map(({ name }, at): SalesRegion => {
    const role = staff.role(`Sales Director ${name}`, salesRole, 'Read', 'Edit');
    const director = staff.hire(`Sales Director ${name}`, role, sales, 'Sales User');
    return { name, role, director, teams: teamsOf(staff, name, role, director, share(sellers, REGIONS.length, at)) };
  });
  const siteCount = Math.max(2, Math.ceil(agents / SITE_SIZE));
  const sites = Array.from({ length: siteCount }, (_, at): SupportSite => {
    const name = `Support ${siteName(at)}`;
    const role = staff.role(`${name} Manager`, serviceRole, 'Edit', 'None');
    const manager = staff.hire('Support Manager', role, service, 'Service User');
    const agentRole = staff.role(`${name} Agent`, role, 'Edit', 'None');
    const count = share(agents, siteCount, at);
    return { role, agentRole, manager, agents: staff.many(count, 'Support Agent', agentRole, manager, 'Service User') };
  });
  const developmentRole = staff.role('Sales Development Manager', marketingRole, 'None', 'None');
  const manager = staff.hire('Sales Development Manager', developmentRole, marketing, 'Marketing User');
  const repRole = staff.role('Sales Development Representative', developmentRole, 'None', 'None');
  const development = {
    role: repRole,
    manager,
    reps: staff.many(reps, 'Sales Development Representative', repRole, manager, 'Marketing User'),
  };
  const analyst = staff.hire('Finance Analyst', null, chief, 'Sales User');
  const admin = staff.account('Ada', 'Admin', 'System Administrator');
  const integration = staff.account('Search', 'Integration', 'Integration');
  const heads = { chief, sales, service, marketing };
  const employees = staff.hired.people.filter(({ role }) => role !== null);
  return { ...staff.hired, employees, heads, regions, sites, development, analyst, admin, integration };
}

/** Hires a region's teams. A single team reports to the director; if there are several, each has a manager. */
function teamsOf(staff: Staff, region: string, above: Role, director: Person, sellers: number): Team[] {
  const count = Math.ceil(sellers / TEAM_SIZE);
  return Array.from({ length: count }, (_, at): Team => {
    const suffix = count === 1 ? region : `${region} ${at + 1}`;
    const managerRole = count === 1 ? above : staff.role(`Sales Manager ${suffix}`, above, 'Read', 'Edit');
    const manager = count === 1 ? director : staff.hire('Sales Manager', managerRole, director, 'Sales User');
    const role = staff.role(`Account Executive ${suffix}`, managerRole, 'Read', 'Edit');
    return { role, sellers: staff.many(share(sellers, count, at), 'Account Executive', role, manager, 'Sales User') };
  });
}

/** Returns how many of `all` the part at index `at` gets when they are dealt evenly. */
function share(all: number, parts: number, at: number): number {
  return Math.floor(all / parts) + (at < all % parts ? 1 : 0);
}

function siteName(at: number): string {
  const names = ['West', 'East', 'North', 'South'];
  const round = Math.floor(at / names.length);
  return `${names[at % names.length]}${round === 0 ? '' : ` ${round + 1}`}`;
}
