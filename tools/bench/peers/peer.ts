import type { PeerRun } from './run-peer.ts';

/** Another connector that reads Salesforce. */
export interface Peer {
  readonly name: string;
  /** Its program, below the folder of the peers. */
  readonly program: string;
  /** The objects that it can read from the sandbox. */
  readonly objects: readonly string[];
  /** Prepares a first sync of the objects. The returned function performs it. */
  read(
    program: string,
    objects: readonly string[],
    place: { readonly orgUrl: string; readonly work: string },
  ): Promise<() => Promise<PeerRun>>;
}

/** What both connectors are configured with: how to log in to the sandbox, and to read everything. */
export const EVERYTHING_OF_SANDBOX = {
  client_id: 'sandbox',
  client_secret: 'sandbox',
  refresh_token: 'sandbox',
  start_date: '2000-01-01T00:00:00Z',
} as const;
