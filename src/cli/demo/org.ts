import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { DATA_DIR } from '../../config/last.ts';
import { slug } from '../../config/load.ts';
import { UserError } from '../../errors.ts';

/** The org folder that the demo serves, as far as the demo needs to know it. The sandbox checks the rest. */
export interface DemoOrg {
  readonly folder: string;
  readonly connection: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The demo generates the folder itself, again at each start. */
  readonly isGenerated: boolean;
}

/** The name of the company whose org the generator writes. */
const OWN_CONNECTION = 'alder';

/**
 * Returns the given org folder. Without one, returns the demo's own, in the folder of its connection.
 *
 * @throws UserError if it is not a folder, or if its name yields no name for a connection
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
  if (!isFolder)
    throw new UserError(`--org ${folder}: there is no such folder. It must have a CSV file for each sObject.`);
  const connection = slug(basename(folder));
  if (connection === '')
    throw new UserError(
      `--org ${folder}: the connection is named after the folder, so its name needs letters or digits.`,
    );
  return { folder, connection, ...(await credentials(folder)), isGenerated: false };
}

/** The defaults for an org.json without credentials. */
const SANDBOX_CLIENT = { clientId: 'sandbox', clientSecret: 'sandbox' };

// Ignores errors in org.json, because the sandbox reports them, with the line.
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
