import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex, openIndexWriter } from '../../src/index/open.ts';
import type { BackfillPosition, Ticket } from '../../src/index/port.ts';
import type { Choices } from '../../src/objects/choice.ts';
import { OBJECT_NAMES, type ObjectName } from '../../src/objects/index.ts';
import { createSalesforce } from '../../src/salesforce/client.ts';
import { backfillSlice, SLICE_CHARACTERS } from '../../src/sync/backfill-slice.ts';
import { type ChangesOutput, readChanges } from '../../src/sync/changes.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../src/sync/counts.ts';
import { describeAndProbe } from '../../src/sync/describe.ts';
import { type MadeMembership, refreshMembership } from '../../src/sync/membership.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import type { SandboxOrg } from './sandbox-org.ts';

/** What a tick did. */
export interface Tick {
  /** API calls that the org counted. */
  readonly calls: number;
  /** The queries that the org was asked, those of composites among them. */
  readonly queries: readonly string[];
  readonly counts: Partial<Record<ObjectName, Counts>>;
  readonly warnings: readonly string[];
}

/** The activities' work without Temporal: a run is a few calls of `src/sync`, in the workflows' order. */
export interface DirectSync {
  readonly path: string;
  /** `refreshed`: who is who is brought in once more at the end, as where contacts were closed until then. */
  complete(options?: { readonly refreshed: boolean }): Promise<void>;
  /** An incremental run. */
  tick(): Promise<Tick>;
  /** A backfill that stays open: it reads these objects, the last one a slice only. */
  openBackfill(objects: readonly ObjectName[]): Promise<void>;
  /** An incremental pass within the open backfill. */
  pass(): Promise<Tick>;
  /** The worker starts anew. */
  restart(): void;
  found(as: string, words?: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function directSync(
  org: SandboxOrg,
  {
    choices = {},
    sliceRecords = 16_000,
    pageSize = 2_000,
  }: { choices?: Choices; sliceRecords?: number; pageSize?: number } = {},
): Promise<DirectSync> {
  const path = join(mkdtempSync(join(tmpdir(), 'connector-direct-')), 'index.sqlite');
  const { signal } = new AbortController();
  const credentials = async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' });
  const salesforce = createSalesforce({ baseUrl: org.url, credentials, pageSize });
  const { organizationId } = await salesforce.authenticate();
  const index = await openIndexWriter({ path, create: true });
  const { indexId } = await index.state();
  const sizes = new QuerySizes();
  let run = 0;
  let start: string | null = null;
  let made: MadeMembership | null = null;

  const ticket = (): Ticket => ({ run, indexId, organizationId });

  async function pass(describing: boolean): Promise<Tick> {
    await org.clearRequests();
    const { selection, probes } = await describeAndProbe(salesforce, choices, signal);
    if (!describing) await org.clearRequests();
    const common = { salesforce, index, ticket: ticket(), selection, signal };
    const backfillStart = start;
    made = await refreshMembership({
      ...common,
      probes: describing ? probes : null,
      made,
      backfillStart,
      frozenUsers: 'closed',
    });
    const counts: Partial<Record<ObjectName, Counts>> = {};
    const warnings: string[] = [];
    let round: Pick<ChangesOutput, 'before' | 'streams'> | null = null;
    do {
      const { before, streams }: { before: string | null; streams: ChangesOutput['streams'] | null } = round ?? {
        before: null,
        streams: null,
      };
      const read: ChangesOutput = await readChanges({
        ...common,
        before,
        streams,
        limit: 16_000,
        pageSize,
        sizes,
        guardPercent: 20,
      });
      warnings.push(...(read.warnings ?? []));
      for (const name of OBJECT_NAMES)
        counts[name] = addCounts(counts[name] ?? NO_COUNTS, read.counts[name] ?? NO_COUNTS);
      round = read;
    } while (round.streams.length > 0);
    const requests = await org.requests();
    return {
      calls: requests.reduce((sum, { calls }) => sum + calls, 0),
      queries: requests.flatMap(({ query, parts = [] }) => [query, ...parts.map((part) => part.query)]).filter(isText),
      counts,
      warnings,
    };
  }

  async function backfill(objects: readonly ObjectName[], lastToItsEnd: boolean): Promise<void> {
    run += 1;
    const { selection, probes } = await describeAndProbe(salesforce, choices, signal);
    start = new Date(salesforce.clock.now()).toISOString();
    const backfillStart = start;
    const common = { salesforce, index, ticket: ticket(), selection, signal };
    made = await refreshMembership({ ...common, probes, made, backfillStart, frozenUsers: 'closed' });
    for (const object of objects) {
      let from: BackfillPosition | null = null;
      do {
        const slice: { readonly position: BackfillPosition } = await backfillSlice({
          ...common,
          object,
          start: backfillStart,
          from,
          sliceRecords,
          sliceCharacters: SLICE_CHARACTERS,
          sizes,
          progress: () => {},
        });
        from = slice.position;
      } while (!from.done && (lastToItsEnd || object !== objects.at(-1)));
    }
  }

  return {
    path,
    async complete({ refreshed } = { refreshed: false }) {
      await backfill(OBJECT_NAMES, true);
      for (const object of OBJECT_NAMES) await index.sweep(ticket(), object, Date.parse(start ?? ''), 100);
      await index.endBackfill(ticket(), { contactsMixed: false });
      if (refreshed) {
        const { selection } = await describeAndProbe(salesforce, choices, signal);
        const common = { salesforce, index, ticket: ticket(), selection, signal };
        made = await refreshMembership({ ...common, probes: null, made, backfillStart: start, frozenUsers: 'closed' });
      }
      start = null;
    },
    openBackfill: (objects) => backfill(objects, false),
    tick() {
      run += 1;
      return pass(true);
    },
    pass: () => pass(false),
    restart() {
      made = null;
    },
    async found(as, words = '') {
      const reader = await openIndex({ path });
      try {
        return await reader.ids(words, { as });
      } finally {
        await reader.close();
      }
    },
    close: () => index.close(),
  };
}

function isText(query: string | null): query is string {
  return query !== null;
}
