import { type OrgControl, orgControl } from '@salesforce-connector/sandbox/control';
import { openInProcess } from '@salesforce-connector/sandbox/testing';
import type { ObjectName } from '../../src/objects/index.ts';

export type { Change, LoggedRequest } from '@salesforce-connector/sandbox/control';

/** A sandbox org that serves over HTTP from this process. */
export interface SandboxOrg extends Omit<OrgControl, 'readable'> {
  /** Every record of the object that the user may read. */
  readable(userId: string, object: ObjectName): string[];
  /** Every field of the object that the user may read. */
  readableFields(userId: string, object: ObjectName): string[];
  /** The labels of a picklist's values that differ from the values, by value. Null: it is not a picklist. */
  labels(object: ObjectName, field: string): ReadonlyMap<string, string> | null;
  close(): Promise<void>;
}

/** Serves the folder, on a free port if none is given. */
export async function sandboxOrg(folder: string, port = 0): Promise<SandboxOrg> {
  // Thousands of pairs of user and object are compared: in process, without a request each.
  const org = await openInProcess(folder, port);
  return {
    ...orgControl(org.url),
    readable: org.readable,
    readableFields: org.readableFields,
    labels(object, name) {
      const field = org.fields(object).find((one) => one.name === name);
      if (field?.type !== 'picklist' && field?.type !== 'multipicklist') return null;
      const renamed = field.picklistValues.filter(({ value, label }) => label !== value);
      return new Map(renamed.map(({ value, label }) => [value, label]));
    },
    close: org.close,
  };
}

/**
 * What the org logged about the work: the API calls that it counted, and the queries, including those of composites.
 */
export interface Logged {
  readonly calls: number;
  readonly queries: readonly string[];
}

/** Does the work, and returns its result with what the org logged about it. */
export async function logged<T extends object>(org: SandboxOrg, work: () => Promise<T>): Promise<T & Logged> {
  await org.clearRequests();
  const done = await work();
  return { ...done, ...(await loggedSoFar(org)) };
}

/** What the org has logged since its log was cleared. */
export async function loggedSoFar(org: SandboxOrg): Promise<Logged> {
  const requests = await org.requests();
  const queries = requests.flatMap(({ query, parts = [] }) => [query, ...parts.map((part) => part.query)]);
  return {
    calls: requests.reduce((sum, { calls }) => sum + calls, 0),
    queries: queries.filter((query) => query !== null),
  };
}
