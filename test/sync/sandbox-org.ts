import { openAccess } from '../../sandbox/access/access.ts';
import { readableFields, readableIds } from '../../sandbox/access/readable.ts';
import { type OrgControl, orgControl } from '../../sandbox/http/control-client.ts';
import { startServer } from '../../sandbox/http/server.ts';
import { openOrg } from '../../sandbox/org/open.ts';
import type { ObjectName } from '../../src/objects/index.ts';

export type { Change, LoggedRequest } from '../../sandbox/http/control-client.ts';

/** A sandbox org that serves over HTTP from this process. */
export interface SandboxOrg extends Omit<OrgControl, 'readable'> {
  /** Every record of the object that the user may read. */
  readable(userId: string, object: ObjectName): string[];
  /** Every field of the object that the user may read. */
  readableFields(userId: string, object: ObjectName): string[];
  /** The labels of a picklist's values that are not the values themselves, by value; null: it is no picklist. */
  labels(object: ObjectName, field: string): ReadonlyMap<string, string> | null;
  close(): Promise<void>;
}

/** Serves the folder, on a free port where none is given. */
export async function sandboxOrg(folder: string, port = 0): Promise<SandboxOrg> {
  const org = await openOrg(folder);
  const access = openAccess(org);
  const server = await startServer({ org, port });
  return {
    ...orgControl(server.url),
    // Thousands of pairs are compared: without a request each.
    readable: (userId, object) => readableIds(org, access, userId, object),
    readableFields: (userId, object) => readableFields(org, access, userId, object),
    labels(object, name) {
      const field = org
        .objects()
        .find((schema) => schema.name === object)
        ?.fields.find((one) => one.name === name);
      if (field?.type !== 'picklist' && field?.type !== 'multipicklist') return null;
      const renamed = field.picklistValues.filter(({ value, label }) => label !== value);
      return new Map(renamed.map(({ value, label }) => [value, label]));
    },
    async close() {
      await server.close();
      org.close();
    },
  };
}

/** What the org logged of the work: the API calls that it counted, and the queries, those of composites among them. */
export interface Logged {
  readonly calls: number;
  readonly queries: readonly string[];
}

/** Does the work, and answers what it answers beside what the org logged of it. */
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
