import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { generateOrg } from '@salesforce-connector/sandbox/generate';
import type { ContactSharing } from '../../src/access/types.ts';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import type { BackfillOpening } from '../../src/index/port/backfill.ts';
import type { WriteBatch } from '../../src/index/port/documents.ts';
import type { IndexedFields } from '../../src/objects/index.ts';
import { batchesOfOrg, fieldsOfOrg, type OrgBatch } from './org-batches.ts';

const OPTIONS = {
  /** A folder of the sandbox's generator. Left out: a new one with this many accounts. */
  org: { type: 'string' },
  accounts: { type: 'string', default: '20000' },
  /** A built checkout of another commit, which writes the same batches in turns with this one. */
  against: { type: 'string' },
} as const;

const BATCH = 1_000;
const ORGANIZATION = '00D000000000001AAA';
const CONTACTS: ContactSharing = 'controlled';

/** What each pass writes, in its order: a first backfill, one that meets the same records, one that meets some changed. */
const PASSES: readonly { readonly name: string; readonly changes: (nth: number) => boolean }[] = [
  { name: 'new records', changes: () => false },
  { name: 'the same records', changes: () => false },
  { name: 'the same records, every tenth changed', changes: (nth) => nth % 10 === 0 },
];

/** One checkout's store with an open complete backfill. */
interface Side {
  readonly name: string;
  readonly path: string;
  /** Begins the complete backfill of this run. */
  begin(run: number): Promise<void>;
  write(run: number, batch: WriteBatch): Promise<void>;
  close(): Promise<void>;
}

interface Used {
  cpu: number;
  wall: number;
  /** Blocks of 512 bytes. */
  blocks: number;
}

/**
 * Writes the records of an org with their share rows into a fresh index, batch by batch, and then twice more. Prints
 * records and CPU seconds of the writing alone.
 */
export async function benchWrite(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const folder = mkdtempSync(join(tmpdir(), 'bench-write-'));
  try {
    const org = values.org ?? join(folder, 'org');
    if (values.org === undefined) await generateOrg({ folder: org, accounts: Number(values.accounts), seed: 1 });
    const indexed = await fieldsOfOrg(org);
    const sides = [await thisSide(join(folder, 'this.db'), indexed)];
    if (values.against !== undefined)
      sides.push(await otherSide(join(folder, 'other.db'), resolve(values.against), indexed));
    for (const [at, pass] of PASSES.entries()) await measure(sides, at + 1, pass, batchesOfOrg(org, indexed, BATCH));
    for (const { name, path } of sides) {
      const size = statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0);
      process.stdout.write(`${name}: the file has ${(size / 1_000_000).toFixed(0)} MB\n`);
    }
    for (const side of sides) await side.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(
  sides: readonly Side[],
  run: number,
  { name, changes }: (typeof PASSES)[number],
  batches: AsyncIterable<OrgBatch>,
): Promise<void> {
  const used = sides.map((): Used => ({ cpu: 0, wall: 0, blocks: 0 }));
  for (const side of sides) await side.begin(run);
  let records = 0;
  let rows = 0;
  let turn = 0;
  for await (const given of batches) {
    const batch = inRun(given, run, changes);
    records += batch.records.length;
    rows += batch.shares.reduce((sum, { rowCount }) => sum + rowCount, 0);
    // In turns, so that other load on the machine affects both equally.
    const order = turn++ % 2 === 0 ? [...sides.keys()] : [...sides.keys()].reverse();
    for (const at of order) {
      const [side, sum] = [sides[at], used[at]];
      if (side === undefined || sum === undefined) continue;
      const [cpu, begun, blocks] = [process.cpuUsage(), performance.now(), process.resourceUsage().fsWrite];
      await side.write(run, batch);
      const { user, system } = process.cpuUsage(cpu);
      sum.cpu += (user + system) / 1_000_000;
      sum.wall += (performance.now() - begun) / 1_000;
      sum.blocks += process.resourceUsage().fsWrite - blocks;
    }
  }
  const said = sides.map(({ name }, at) => {
    const { cpu, wall, blocks } = used[at] ?? { cpu: 1, wall: 0, blocks: 0 };
    return `${name} ${cpu.toFixed(1)} s CPU (${(records / cpu).toFixed(0)} records/s), ${wall.toFixed(1)} s, ${(blocks / 2_000).toFixed(0)} MB written`;
  });
  const [mine, other] = used;
  if (mine !== undefined && other !== undefined) said.push(`ratio of CPU ${(mine.cpu / other.cpu).toFixed(2)}`);
  process.stdout.write(`${name} (${records} with ${rows} share rows): ${said.join('; ')}\n`);
}

function inRun({ records, shares }: OrgBatch, run: number, changes: (nth: number) => boolean): OrgBatch {
  return {
    records: records.map((record, nth) => {
      if (!changes(nth)) return { ...record, version: run };
      const modified = new Date(Date.parse(record.modified) + 86_400_000).toISOString();
      return { ...record, version: run, modified, fields: { ...record.fields, Description: `Changed ${nth}.` } };
    }),
    shares: shares.map((share) => ({ ...share, version: run })),
  };
}

/** Each run begins its own complete backfill, a minute later. */
function startOf(run: number): string {
  return new Date(1_800_000_000_000 + run * 60_000).toISOString();
}

function opening(run: number, indexed: IndexedFields): BackfillOpening {
  return { start: startOf(run), schema: '', contacts: CONTACTS, indexed, everHeld: indexed.fields, unguarded: [] };
}

async function thisSide(path: string, indexed: IndexedFields): Promise<Side> {
  const store = await openRunStore({ index: indexAt(path), create: true });
  const { indexId } = await store.state();
  const fenceOf = (run: number) => ({ run, indexId, organizationId: ORGANIZATION });
  return {
    name: 'this checkout',
    path,
    async begin(run) {
      await store.admit(fenceOf(run), { backfillStart: startOf(run), now: startOf(run) });
      await store.begin(fenceOf(run), opening(run, indexed));
    },
    async write(run, batch) {
      await store.write(fenceOf(run), batch);
    },
    close: () => store.close(),
  };
}

/** What the compiled `src/index/open.js` of other commits exports: a run store, or in the first ones an index writer. */
interface OtherStore {
  state(): Promise<{ readonly indexId: string }>;
  admit?(fence: object, admission: object): Promise<void>;
  begin(fence: object, backfill: object): Promise<void>;
  write(fence: object, batch: object): Promise<unknown>;
  close(): unknown;
}

interface OtherModule {
  openRunStore?(of: object): Promise<OtherStore>;
  openIndexWriter?(of: object): Promise<OtherStore>;
}

async function otherSide(path: string, checkout: string, indexed: IndexedFields): Promise<Side> {
  const compiled = pathToFileURL(join(checkout, 'dist/src/index/open.js')).href;
  const { openRunStore: open, openIndexWriter: openWriter } = (await import(compiled)) as OtherModule;
  const store = await (open ?? openWriter)?.({ index: indexAt(path), path, create: true });
  if (store === undefined) throw new Error(`${checkout} has no run store that this bench knows.`);
  const { indexId } = await store.state();
  const fenceOf = (run: number) => ({ run, indexId, organizationId: ORGANIZATION });
  return {
    name: checkout,
    path,
    async begin(run) {
      await store.admit?.(fenceOf(run), { backfillStart: startOf(run), now: startOf(run) });
      // The first commits had another word for the schema.
      await store.begin(fenceOf(run), { ...opening(run, indexed), selection: '' });
    },
    async write(run, batch) {
      await store.write(fenceOf(run), batch);
    },
    async close() {
      await store.close();
    },
  };
}
