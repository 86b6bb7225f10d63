import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { slug } from '../../config.ts';
import { UserError } from '../../user-error.ts';
import { DATA_DIR } from './state.ts';

/** The org folder that the demo serves, as far as the demo has to know it; the sandbox checks the rest. */
export interface DemoOrg {
  readonly folder: string;
  readonly connection: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Made by the demo itself, anew at each start. */
  readonly isGenerated: boolean;
}

/** The name of the company whose org the generator writes. */
const OWN_CONNECTION = 'alder';

/**
 * The org folder that was given; without one: the demo's own, in the folder of its connection.
 *
 * @throws UserError when it is not a folder, or its name gives no name for a connection
 */
export async function demoOrg(given: string | undefined): Promise<DemoOrg> {
  if (given === undefined) {
    const folder = resolve(DATA_DIR, OWN_CONNECTION, 'org');
    return { folder, connection: OWN_CONNECTION, ...SANDBOX_CLIENT, isGenerated: true };
  }
  const folder = resolve(given);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UserError(`--org ${folder}: there is no such folder: give one with a CSV file per sObject.`);
  const connection = slug(basename(folder));
  if (connection === '')
    throw new UserError(`--org ${folder}: a folder's name names its connection: give it letters or digits.`);
  return { folder, connection, ...(await credentials(folder)), isGenerated: false };
}

/** What org.json has where it names none. */
const SANDBOX_CLIENT = { clientId: 'sandbox', clientSecret: 'sandbox' };

// Whatever is wrong with org.json, the sandbox says it, with the line.
async function credentials(folder: string): Promise<Pick<DemoOrg, 'clientId' | 'clientSecret'>> {
  const text = await readFile(join(folder, 'org.json'), 'utf8').catch(() => '{}');
  let settings: { client_id?: unknown; client_secret?: unknown } = {};
  try {
    settings = Object(JSON.parse(text));
  } catch {}
  return {
    clientId: String(settings.client_id ?? SANDBOX_CLIENT.clientId),
    clientSecret: String(settings.client_secret ?? SANDBOX_CLIENT.clientSecret),
  };
}
