import { beforeEach, describe, expect, it } from 'vitest';
import { RunContexts } from '../../activities/run-context.ts';
import type { Asking, SchemaResolver } from '../../activities/schema-resolver.ts';
import { WorkerMemory } from '../../activities/worker-memory.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import { LostAccessError } from '../../src/salesforce/errors.ts';
import type { MadeMembership } from '../../src/sync/membership.ts';
import type { Probes } from '../../src/sync/probes.ts';
import type { Described, DescribedTables } from '../../src/sync/resolve-schema.ts';
import type { ResolvedSchema } from '../../src/sync/resolved-schema.ts';

const HOUR = 3_600_000;
const [INDEX, OTHER] = ['52b4b104-aecc-4021-b05d-8c4097b5c334', '11111111-2222-4333-8444-555555555555'];

const tables = (at: number): DescribedTables => ({ at, describes: new Map(), hidden: [] });
/** Each object has a field of that name. */
const selectionOf = (name: string): ResolvedSchema => {
  const of = {
    state: 'read',
    fields: [name],
    accessFields: [],
    shares: true,
    richFields: [],
    labelledFields: [],
  } as const;
  const read = { ...of, titleFields: null, where: null, eitherKind: false };
  const facts = Object.fromEntries(OBJECT_NAMES.map((object) => [object, read])) as unknown as ResolvedSchema['facts'];
  return { facts, describes: new Map(), gaps: [] } as Partial<ResolvedSchema> as ResolvedSchema;
};
const nameOf = (schema: ResolvedSchema | undefined): string | undefined => {
  const facts = schema?.facts.Account;
  return facts?.state === 'read' ? facts.fields[0] : undefined;
};
const begun = (name: string, of = tables(1)): Described => ({
  schema: selectionOf(name),
  probes: { at: 1 } as Partial<Probes> as Probes,
  tables: of,
});

/** Names what is described by the number of times that it was requested. */
let described: number;
let memory: WorkerMemory;
let runs: RunContexts;
const asking: Asking = {
  salesforce: {
    clock: { now: () => 1, inDoubt: false, lastDate: 1 },
    describe: async () => new Map(),
  } as Partial<Salesforce> as Salesforce,
  signal: new AbortController().signal,
};

beforeEach(() => {
  described = 0;
  const describeAlone: SchemaResolver['describeAlone'] = async () => {
    described += 1;
    return selectionOf(`described ${described}`);
  };
  memory = new WorkerMemory();
  runs = new RunContexts({ describe: () => expect.fail('nobody begins a run'), describeAlone }, memory);
});

const nameIn = async (indexId: string, run: number) => nameOf(await runs.of({ indexId, run }).schema(asking));

describe('one run on one worker', () => {
  it('has one context, with what was described when it began', async () => {
    const context = runs.begin({ indexId: INDEX, run: 1 }, begun('begun'));
    expect(runs.of({ indexId: INDEX, run: 1 })).toBe(context);
    expect([await nameIn(INDEX, 1), await nameIn(INDEX, 1), described]).toEqual(['begun', 'begun', 0]);
  });

  it('is described once if another worker began it', async () => {
    expect([await nameIn(INDEX, 1), await nameIn(INDEX, 1), described]).toEqual(['described 1', 'described 1', 1]);
  });

  it("returns the org's answers from its beginning once", () => {
    const context = runs.begin({ indexId: INDEX, run: 1 }, begun('begun'));
    expect([context.takeProbes()?.at, context.takeProbes()]).toEqual([1, null]);
  });

  it('describes the tables of an earlier run again, once', async () => {
    const old = tables(1);
    runs.begin({ indexId: INDEX, run: 1 }, begun('first', old));
    expect(runs.of({ indexId: INDEX, run: 1 }).describeAgain(asking)).toBeNull();
    const second = runs.begin({ indexId: INDEX, run: 2 }, begun('second', old));
    expect(nameOf(await second.describeAgain(asking)?.())).toBe('second');
    expect(memory.tables).not.toBe(old);
    expect(second.describeAgain(asking)).toBeNull();
  });

  it('passes on that something is hidden if everything that it reads is still visible', async () => {
    const lost = new LostAccessError({ message: 'INVALID_FIELD', hint: '' });
    const context = runs.begin({ indexId: INDEX, run: 1 }, begun('described 1'));
    await expect(context.use(asking, () => Promise.reject(lost))).rejects.toBe(lost);
    expect(described).toBe(1);
  });
});

describe('two runs', () => {
  it.each([
    ['another run', { indexId: INDEX, run: 2 }],
    ['a run of the same number in another index', { indexId: OTHER, run: 1 }],
  ])('do not share a context: %s begins without anything of the previous one', async (_, next) => {
    const first = runs.begin({ indexId: INDEX, run: 1 }, begun('first'));
    first.rightsSeenAgain = true;
    const other = runs.of(next);
    expect(other).not.toBe(first);
    expect([other.rightsSeenAgain, other.takeProbes(), other.describeAgain(asking)]).toEqual([false, null, null]);
    expect(nameOf(await other.schema(asking))).toBe('described 1');
    expect(first.takeProbes()).not.toBeNull();
  });

  it('do not keep the previous context: it is described again if the run comes back', async () => {
    runs.begin({ indexId: INDEX, run: 1 }, begun('first')).rightsSeenAgain = true;
    await nameIn(INDEX, 2);
    expect(await nameIn(INDEX, 1)).toBe('described 2');
    expect(runs.of({ indexId: INDEX, run: 1 }).rightsSeenAgain).toBe(false);
  });

  it('have a fresh context each if one run begins again', () => {
    const first = runs.begin({ indexId: INDEX, run: 1 }, begun('first'));
    first.rightsSeenAgain = true;
    const again = runs.begin({ indexId: INDEX, run: 1 }, begun('again'));
    expect([again === first, again.rightsSeenAgain, again.takeProbes()?.at]).toEqual([false, false, 1]);
  });
});

describe('what a worker remembers between runs', () => {
  it('is what the next run need not request again', () => {
    expect(memory.known).toEqual({ described: null, assignments: null });
    const assignments = { key: 'k', queries: [] };
    memory.made = { assignments } as Partial<MadeMembership> as MadeMembership;
    runs.begin({ indexId: INDEX, run: 1 }, begun('first', tables(7)));
    runs.begin({ indexId: INDEX, run: 2 }, begun('second', tables(9)));
    expect(memory.known).toEqual({ described: tables(9), assignments });
  });

  it('includes for an hour how much of a table the org answers, unless the clock was set back', () => {
    const first = memory.tableSizes(HOUR);
    expect(memory.tableSizes(1.5 * HOUR)).toBe(first);
    const second = memory.tableSizes(2 * HOUR);
    expect(second).not.toBe(first);
    expect(memory.tableSizes(2 * HOUR - 1)).not.toBe(second);
  });
});
