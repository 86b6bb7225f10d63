import { realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import type { ConnectionHome } from '../../workflows/contract.ts';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { type IndexLocation, indexAt, indexName } from '../index/location.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { otherHomeMessage, otherOrganizationMessage } from '../sentences/homes.ts';
import { rememberedHome } from '../temporal/remembered-home.ts';
import { homeFile, readHomeId } from './home-file.ts';

/** After this long a worker starts without the org's answer. Each run asks again. */
const ANSWER_MS = 10_000;

/** Where a config's index is. Null id: there is no home file. */
export interface HomeHere {
  readonly id: string | null;
  readonly host: string;
  readonly path: string;
}

/** How a config compares with its connection. `unchecked`: the home matches, but the org gave no token. */
export type HomeCheck =
  | { readonly state: 'same' | 'nothing-remembered' }
  | { readonly state: 'unchecked'; readonly reason: string }
  | { readonly state: 'other-home'; readonly remembered: ConnectionHome; readonly here: HomeHere }
  | { readonly state: 'other-organization'; readonly remembered: ConnectionHome; readonly answered: string };

/**
 * Compares a config with what its connection remembers. Only reads, and asks the org only if something is remembered.
 */
export async function compareHome(client: Client, config: Config, salesforce: Salesforce): Promise<HomeCheck> {
  const remembered = await rememberedHome(client, config.connection);
  const here = await homeHere(config);
  if (remembered === null) return { state: 'nothing-remembered' };
  if (await isOtherHome(config, remembered, here)) return { state: 'other-home', remembered, here };
  try {
    const answered = await salesforce.organizationId({ signal: AbortSignal.timeout(ANSWER_MS) });
    return answered === remembered.organizationId
      ? { state: 'same' }
      : { state: 'other-organization', remembered, answered };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return { state: 'unchecked', reason: isLate || !(error instanceof Error) ? 'no answer' : error.message };
  }
}

/**
 * Refuses a config of another home or organization.
 *
 * @throws UserError naming both
 */
export function refuseOther(connection: string, check: HomeCheck): void {
  if (check.state === 'other-home') throw otherHome(connection, check.remembered, check.here);
  if (check.state === 'other-organization')
    throw new UserError(otherOrganizationMessage(connection, check.remembered.organizationId, check.answered));
}

/**
 * Refuses a config of another home, without asking the org.
 *
 * @throws UserError naming both
 */
export async function refuseOtherHome(config: Config, remembered: ConnectionHome | null): Promise<void> {
  const here = await homeHere(config);
  if (remembered !== null && (await isOtherHome(config, remembered, here)))
    throw otherHome(config.connection, remembered, here);
}

export async function homeHere({ connection, index }: Pick<Config, 'connection' | 'index'>): Promise<HomeHere> {
  return { id: await readHomeId({ connection, index }), host: hostname(), path: indexName(index) };
}

/**
 * Reports whether this is another home: another id, or a copy. A copy has the same id on this machine in another
 * folder, while the original still exists.
 */
export async function isOtherHome(
  { connection, index }: Pick<Config, 'connection' | 'index'>,
  remembered: ConnectionHome,
  here: HomeHere,
): Promise<boolean> {
  if (here.id !== remembered.id) return true;
  const other = indexAt(remembered.path);
  if (remembered.host !== here.host || (await resolvedHomeFile(other)) === (await resolvedHomeFile(index)))
    return false;
  return (await readHomeId({ connection, index: other }).catch(() => null)) === here.id;
}

/** Returns the canonical path of an index's home file, or the path unchanged if there is none. */
async function resolvedHomeFile(index: IndexLocation): Promise<string> {
  const file = homeFile(index);
  return realpath(file).catch(() => file);
}

function otherHome(connection: string, remembered: ConnectionHome, here: HomeHere): UserError {
  return new UserError(otherHomeMessage(connection, remembered, here));
}
