/** The company whose org is generated. */
export const COMPANY = { name: 'Alder Instruments', domain: 'alder.example', alias: 'AL' } as const;

export type ProfileName = 'System Administrator' | 'Sales User' | 'Service User' | 'Marketing User' | 'Integration';

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly parent: Role | null;
  /** What an account's owner in this role may do with its cases and opportunities. */
  readonly cases: 'None' | 'Read' | 'Edit';
  readonly opportunities: 'None' | 'Read' | 'Edit';
}

export interface Person {
  readonly id: string;
  readonly number: number;
  readonly first: string;
  readonly last: string;
  readonly username: string;
  readonly title: string;
  readonly role: Role | null;
  readonly manager: Person | null;
  readonly profile: ProfileName;
  readonly active: boolean;
  readonly frozen: boolean;
}
