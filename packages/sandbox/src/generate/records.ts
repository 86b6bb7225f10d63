import type { Company } from './company.ts';
import type { Groups } from './groups.ts';
import { idSequence } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import type { Person } from './staff.ts';
import type { Territories } from './territories.ts';
import type { Place } from './words/places.ts';

/** What every writer of records needs: the output files, the company and the next ids. */
export interface Records {
  readonly files: OrgFiles;
  readonly company: Company;
  readonly groups: Groups;
  readonly territories: Territories;
  readonly seed: number;
  /** The percentage of accounts that are person accounts. */
  readonly personPercent: number;
  readonly nextId: {
    readonly account: () => string;
    readonly contact: () => string;
    readonly case: () => string;
    readonly caseNumber: () => string;
    readonly opportunity: () => string;
    readonly lead: () => string;
    readonly accountShare: () => string;
    readonly caseShare: () => string;
    readonly opportunityShare: () => string;
    readonly leadShare: () => string;
  };
}

/** The parts of an account that its children and shares need. */
export interface GeneratedAccount {
  readonly id: string;
  readonly name: string;
  /** Its name without the part that distinguishes subsidiaries. */
  readonly brand: string;
  /** The host name of its mail and website. */
  readonly domain: string;
  readonly place: Place;
  readonly owner: Person;
  /** Salespeople of the owner's team, including the owner. */
  readonly team: readonly Person[];
  readonly industry: string;
  readonly employees: number;
  readonly isCustomer: boolean;
  /** Whether it is a person account. Its only contact is its own half. */
  readonly isPerson: boolean;
  readonly isDeleted: boolean;
  /** Whether a merge deleted it. The merge moved its children to another account. */
  readonly isMerged: boolean;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A child whose share rows its account must match with ImplicitParent rows. */
export interface SharedChild {
  readonly id: string;
  readonly grantees: ReadonlySet<string>;
}

export function recordIds(): Records['nextId'] {
  return {
    account: idSequence('001'),
    contact: idSequence('003'),
    case: idSequence('500'),
    caseNumber: caseNumbers(),
    opportunity: idSequence('006'),
    lead: idSequence('00Q'),
    accountShare: idSequence('00r'),
    caseShare: idSequence('01n'),
    opportunityShare: idSequence('00t'),
    leadShare: idSequence('01o'),
  };
}

function caseNumbers(): () => string {
  let last = 1000;
  return () => {
    last += 1;
    return String(last).padStart(8, '0');
  };
}
