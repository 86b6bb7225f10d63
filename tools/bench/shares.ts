import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { virtualSettings, virtualTables } from '@salesforce-connector/sandbox/testing';
import { Database } from '../../src/index/sqlite/file/database.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import type { Meter } from '../../src/salesforce/meter.ts';
import { orgFolder, PEOPLE } from '../../test/sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../../test/sync/sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from '../../test/sync/sync-runner.ts';
import { watchPauses } from './pauses.ts';
import { ShareChanges, seeded } from './share-changes.ts';
import { fillLedger } from './share-ledger.ts';

const TICK_MS = 600_000;
const IDLE_RUNS = 6;
const OPTIONS = {
  accounts: { type: 'string', default: '10000000' },
  each: { type: 'string', default: '5' },
  changes: { type: 'string', default: '50' },
  runs: { type: 'string', default: '144' },
  dates: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
} as const;

interface Run {
  readonly calls: number;
  readonly ms: number;
  /** The round of ranges began with this run. */
  readonly began: string | null;
}

/**
 * Simulates a day of incremental runs over share rows that an org computes from their number, with the sandbox's cost
 * model. First an hour without changes, then a time in which rows are added, changed and removed continuously. The
 * index has the ledger of all rows, but documents of a small org only.
 */
export async function benchShares(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const [accounts, each, perTick, ticks] = [values.accounts, values.each, values.changes, values.runs].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const virtual = { accounts, shares_per_account: each, owners: [PEOPLE.seller, PEOPLE.otherSeller] };
  const folder = orgFolder({ accounts: 12 });
  let org = await sandboxOrg(folder);
  let makeDue = async (): Promise<void> => {};
  const sync = createSyncRunner(
    org.url,
    { sliceRecords: 16_000, pageSize: 2_000 },
    { through: (salesforce) => before(salesforce, () => makeDue()) },
  );
  try {
    await sync.complete();
    const readAt = await org.now();
    await org.close();
    const { port } = new URL(org.url);
    writeFileSync(
      join(folder, 'org.json'),
      JSON.stringify({
        run_as: PEOPLE.integration,
        virtual,
        costs: { tables: { AccountShare: { indexed: values.dates ? ['LastModifiedDate'] : [] } } },
        daily_api_requests: 5_000_000,
      }),
    );
    org = await sandboxOrg(folder, Number(port));
    const shares = virtualTables(virtualSettings.parse(virtual)).get('AccountShare');
    if (shares === undefined) throw new Error('the org computes no share rows');
    await fillLedger(sync.path, shares, each, readAt);
    await org.advanceClock(1_800);

    const changes = new ShareChanges(org, shares, each, PEOPLE.agent, seeded(Number(values.seed)));
    // The run that gets the timeout, and another one until all rows have settled.
    await sync.incremental();
    await org.advanceClock(1_200);
    const longestPause = watchPauses();
    const idle = await day(org, sync, changes, Math.min(IDLE_RUNS, ticks));
    const begun = await org.now();
    makeDue = async () => {
      const due = Math.floor((perTick * ((await org.now()) - begun)) / TICK_MS);
      if (due > changes.made) await changes.make(due - changes.made);
    };
    const busy = await day(org, sync, changes, ticks - idle.length, () => makeDue());
    makeDue = async () => {};
    const atEnd = changes.open.length;
    // The next runs read the last changes.
    await day(org, sync, changes, 6);
    const isSlow = (await sync.indexState()).shareLooks.Account !== undefined;
    report({
      shares: shares.size,
      perTick,
      ticks,
      isSlow,
      idle,
      busy,
      changes,
      atEnd,
      pause: longestPause(),
    });
  } finally {
    sync.close();
    await org.close();
    rmSync(folder, { recursive: true });
  }
}

/** Runs at each tick, except for ticks during a run. */
async function day(
  org: SandboxOrg,
  sync: SyncRunner,
  changes: ShareChanges,
  ticks: number,
  meanwhile: () => Promise<void> = async () => {},
): Promise<Run[]> {
  const runs: Run[] = [];
  const begun = await org.now();
  const index = new Database(sync.path);
  try {
    for (let tick = 0; tick < ticks; ) {
      const started = await org.now();
      await org.clearRequests();
      await sync.incremental();
      const ended = await org.now();
      changes.note(index, ended);
      const calls = (await org.requests()).reduce((sum, request) => sum + request.calls, 0);
      const { shareLooks } = await sync.indexState();
      runs.push({ calls, ms: ended - started, began: shareLooks.Account?.began ?? null });
      tick = Math.floor((ended - begun) / TICK_MS) + 1;
      for (let now = ended; now < begun + tick * TICK_MS; now = await org.now()) {
        await org.advanceClock(Math.max(1, Math.min(60, Math.ceil((begun + tick * TICK_MS - now) / 1_000))));
        await meanwhile();
      }
    }
    return runs;
  } finally {
    index.close();
  }
}

/** Runs `work` before each batch of queries. */
function before(salesforce: Salesforce, work: () => Promise<void>): Salesforce {
  // The client is frozen, and a proxy of a frozen object could not return anything else.
  return new Proxy({} as Salesforce, {
    get(_, key) {
      const value = Reflect.get(salesforce, key) as unknown;
      if (typeof value !== 'function') return value;
      if (key === 'metered') return (meter: Meter) => before(salesforce.metered(meter), work);
      if (key !== 'queryMany') return value.bind(salesforce);
      return async (...args: Parameters<Salesforce['queryMany']>) => {
        await work();
        return salesforce.queryMany(...args);
      };
    },
  });
}

interface Measured {
  readonly shares: number;
  readonly perTick: number;
  readonly ticks: number;
  readonly isSlow: boolean;
  readonly idle: readonly Run[];
  readonly busy: readonly Run[];
  readonly changes: ShareChanges;
  readonly atEnd: number;
  readonly pause: number;
}

function report({ shares, perTick, ticks, isSlow, idle, busy, changes, atEnd, pause }: Measured): void {
  const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;
  const waits = changes.waits.toSorted((one, other) => one - other);
  const at = (part: number): string => minutes(waits[Math.min(waits.length - 1, Math.floor(part * waits.length))] ?? 0);
  const mean = (runs: readonly Run[], of: (run: Run) => number): number =>
    runs.reduce((sum, run) => sum + of(run), 0) / Math.max(1, runs.length);
  const most = (runs: readonly Run[], of: (run: Run) => number): number => Math.max(0, ...runs.map(of));
  const calls = (runs: readonly Run[]): string =>
    `${mean(runs, (run) => run.calls).toFixed(1)} (most ${most(runs, (run) => run.calls)})`;
  const took = (runs: readonly Run[]): string =>
    `${minutes(mean(runs, (run) => run.ms))} (longest ${minutes(most(runs, (run) => run.ms))})`;
  const rounds = busy.filter(({ began }) => began === null).length;
  const lines: [string, string][] = [
    ['share rows', `${shares.toLocaleString('en')}; their dates ${isSlow ? 'are too slow' : 'are quick'}`],
    ['changes', `${changes.made} in ${busy.length} runs, ${perTick} every ten minutes`],
    ['API calls of an idle run', calls(idle)],
    ['API calls of a busy run', calls(busy)],
    ['API calls a day, idle', String(Math.round(mean(idle, (run) => run.calls) * 144))],
    [
      'API calls a day, busy',
      String(Math.round((busy.reduce((sum, run) => sum + run.calls, 0) * 144) / (ticks - idle.length))),
    ],
    ['an idle run takes', took(idle)],
    ['a busy run takes', took(busy)],
    ['runs to a full round', !isSlow ? '–' : (busy.length / Math.max(1, rounds)).toFixed(1)],
    ['from a change to the index', `median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)}`],
    ['changes open at the end of the day', String(atEnd)],
    ['changes not found an hour later', String(changes.open.length)],
    ['peak memory', `${Math.round(process.resourceUsage().maxRSS / 1_024)} MB, the org included`],
    ['longest pause of the event loop', `${Math.round(pause)} ms, the org included`],
  ];
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(36)}${value}\n`);
}
