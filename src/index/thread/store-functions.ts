import type { Member, UserName } from '../../access/types.ts';
import type { IndexLocation } from '../location.ts';
import { openRunStore } from '../open.ts';
import type { FencingToken } from '../port/admission.ts';
import type { RecordWrite, ShareWrite, WriteBatch, WriteResult } from '../port/documents.ts';
import type { MembershipGeneration } from '../port/membership.ts';
import type { RunStore } from '../port/run-store.ts';

/** The methods of a store whose arguments and result are plain values. Each call is one message. */
export const PLAIN_METHODS = [
  'admit',
  'aheadOf',
  'begin',
  'confirmMembership',
  'counts',
  'endBackfill',
  'endPass',
  'hasUnseen',
  'health',
  'indexed',
  'membershipReadings',
  'membershipTables',
  'noteLook',
  'notePass',
  'noteQuerySizes',
  'noteRights',
  'noteStreams',
  'orphanedPrincipals',
  'querySizes',
  'refuse',
  'shareLedger',
  'shareLedgerAhead',
  'sharedParents',
  'state',
  'sweep',
  'unindexed',
  'write',
] as const satisfies readonly (keyof RunStore)[];

export type PlainMethod = (typeof PLAIN_METHODS)[number];

/** A store that is open in this thread, and what has arrived for its next calls. */
interface Open {
  readonly store: RunStore;
  readonly members: Member[];
  readonly names: UserName[];
  /** Batches that are not written yet, by their numbers. */
  readonly taken: Map<number, { readonly records: RecordWrite[]; readonly shares: ShareWrite[] }>;
}

/** The functions of a thread that keeps stores open, by handle. */
export function storeFunctions() {
  const stores = new Map<number, Open>();
  let handles = 0;
  const openAt = (handle: number): Open => {
    const open = stores.get(handle);
    if (open === undefined) throw new Error('This run store is closed.');
    return open;
  };
  return {
    async open(index: IndexLocation, create: boolean): Promise<{ handle: number; notices: string[] }> {
      const notices: string[] = [];
      const store = await openRunStore({ index, create, notice: (message) => notices.push(message) });
      handles += 1;
      stores.set(handles, { store, members: [], names: [], taken: new Map() });
      return { handle: handles, notices };
    },

    run(handle: number, method: PlainMethod, args: readonly unknown[]): Promise<unknown> {
      const { store } = openAt(handle);
      const work = store[method].bind(store) as (...args: readonly unknown[]) => Promise<unknown>;
      return work(...args);
    },

    /** Takes a part of a batch for `writeTaken`. */
    takeDocuments(
      handle: number,
      number: number,
      records: readonly RecordWrite[],
      shares: readonly ShareWrite[],
    ): void {
      const { taken } = openAt(handle);
      const batch = taken.get(number) ?? { records: [], shares: [] };
      taken.set(number, batch);
      batch.records.push(...records);
      batch.shares.push(...shares);
    },

    /** @param rest what the batch has beside records and shares */
    async writeTaken(
      handle: number,
      number: number,
      fence: FencingToken,
      rest: Omit<WriteBatch, 'records' | 'shares'>,
    ): Promise<WriteResult> {
      const { store, taken } = openAt(handle);
      const documents = taken.get(number);
      taken.delete(number);
      return store.write(fence, { ...rest, ...documents });
    },

    /**
     * Takes a part of the members and names for the next `replaceMembership`.
     *
     * @param isFirst drop what an earlier, abandoned call has sent
     */
    takeMembers(handle: number, members: readonly Member[], names: readonly UserName[], isFirst: boolean): void {
      const open = openAt(handle);
      if (isFirst) {
        open.members.length = 0;
        open.names.length = 0;
      }
      open.members.push(...members);
      open.names.push(...names);
    },

    async replaceMembership(
      handle: number,
      fence: FencingToken,
      generation: MembershipGeneration,
    ): Promise<{ readonly members: number }> {
      const open = openAt(handle);
      return open.store.replaceMembership(fence, generation, open.members.splice(0), open.names.splice(0));
    },

    async close(handle: number): Promise<void> {
      const open = stores.get(handle);
      stores.delete(handle);
      await open?.store.close();
    },
  };
}

export type StoreFunctions = ReturnType<typeof storeFunctions>;
