import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ConnectionHome } from '../../workflows/contract.ts';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { indexedOrganization } from '../index/organization.ts';
import { removeIndex } from '../index/removal.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { rememberedHome, signalHome, signalOrganization } from '../temporal/remembered-home.ts';
import { homeHere, isOtherHome, refuseOtherHome } from './check-home.ts';
import { homeWith, replaceHomeId } from './home-file.ts';

/** What a command did to a connection's home. */
export type Moved =
  | { readonly state: 'moved'; readonly from: ConnectionHome }
  | { readonly state: 'here' }
  | { readonly state: 'nothing-remembered' };

/**
 * Moves the connection to this config's index. Signals the connection first, which needs no worker, and then writes the
 * home's id. After a crash, the next call does the rest.
 */
export async function moveHere(client: Client, config: Config): Promise<Moved> {
  const { connection, index } = config;
  const remembered = await rememberedHome(client, connection);
  if (remembered === null) return { state: 'nothing-remembered' };
  const here = await homeHere(config);
  if (!(await isOtherHome(config, remembered, here))) return { state: 'here' };
  // A copy of the folder gets a new id.
  const id = here.id === null || here.id === remembered.id ? randomUUID() : here.id;
  await signalHome(client, connection, homeWith(id, index));
  await replaceHomeId({ connection, index }, id);
  return { state: 'moved', from: remembered };
}

/** An organization, and its replacement. */
export interface ReplacedOrganization {
  readonly before: string;
  readonly now: string;
  readonly indexDeleted: boolean;
}

/**
 * Replaces the organization of the connection and its index by the one that answers now. Signals the connection first,
 * and then deletes the index. After a crash, the next call does the rest.
 *
 * @throws SalesforceError if the org does not answer; UserError if nothing needs replacing, or if the connection's
 *   index is elsewhere
 */
export async function replaceOrganization(
  client: Client,
  config: Config,
  salesforce: Salesforce,
): Promise<ReplacedOrganization> {
  const { connection, index } = config;
  const now = await salesforce.organizationId();
  const remembered = await rememberedHome(client, connection);
  await refuseOtherHome(config, remembered);
  const indexed = await indexedOrganization(index);
  const before = [indexed, remembered?.organizationId].find((id) => id !== now && typeof id === 'string');
  if (typeof before !== 'string')
    throw new UserError(
      `Nothing to replace: organization ${now} answers at base_url, and ${indexed === null && remembered === null ? 'nothing is indexed yet' : 'the index is of this organization'}. Run \`salesforce-connector apply\` without --replace-org.`,
    );
  if (remembered !== null && remembered.organizationId !== now) await signalOrganization(client, connection, now);
  const indexDeleted = indexed !== null && indexed !== now;
  if (indexDeleted) await removeIndex(index);
  return { before, now, indexDeleted };
}
