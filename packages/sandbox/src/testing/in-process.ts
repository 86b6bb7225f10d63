import { openAccess } from '../access/access.ts';
import { readableFields, readableIds } from '../access/readable.ts';
import type { SharedObject } from '../access/shares.ts';
import { type SandboxServer, startServer } from '../http/server.ts';
import { openOrg } from '../org/open.ts';
import type { FieldSchema } from '../org/types.ts';

/** An org that is served from this process, and answers by its own access rules without a request for each question. */
export interface InProcessOrg extends SandboxServer {
  /** The ids of the object's records that the user may read. */
  readable(userId: string, object: SharedObject): string[];
  /** The object's fields that the user may read. */
  readableFields(userId: string, object: SharedObject): string[];
  /** The object's fields as describe shows them to a user who sees all of them. */
  fields(object: string): readonly FieldSchema[];
}

/** Serves the folder until `close`, on a free port where `port` is 0. */
export async function openInProcess(folder: string, port = 0): Promise<InProcessOrg> {
  const org = await openOrg(folder);
  const access = openAccess(org);
  const server = await startServer({ org, port });
  return {
    url: server.url,
    readable: (userId, object) => readableIds(org, access, userId, object),
    readableFields: (userId, object) => readableFields(org, access, userId, object),
    fields: (name) => org.objects().find((schema) => schema.name === name)?.fields ?? [],
    async close() {
      await server.close();
      org.close();
    },
  };
}
