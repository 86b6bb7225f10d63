import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DocumentsRefusedError, IndexReplacedError } from '../../src/index/port/errors.ts';
import type { DocumentChange, EngineFence, PublishedMembership } from '../../src/index/port/search-engine.ts';
import { SearchReader } from '../../src/index/search/reader.ts';
import { openForWriting } from '../../src/index/sqlite/open.ts';
import { embeddedStore, publishingStore } from '../../src/index/sqlite/run-stores.ts';
import { type IndexedFields, STANDARD_FIELDS } from '../../src/objects/index.ts';
import {
  closeAfterEach,
  generation,
  groupId,
  iso,
  member,
  opened,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
  userName,
} from './contract/setup.ts';
import { MemoryEngine } from './memory-engine/engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
closeAfterEach();

/** A memory engine that fails on request, before or after it has stored the documents. */
class FailingEngine extends MemoryEngine {
  failing: 'never' | 'before' | 'after' = 'never';
  isStale = false;
  /** Called before a membership is stored. */
  beforeMembership: () => Promise<void> = async () => {};
  readonly applied: DocumentChange[] = [];

  override async apply(fence: EngineFence, changes: readonly DocumentChange[]): Promise<number> {
    if (this.failing === 'before' && changes.length > 0) throw new Error('The engine is away.');
    this.applied.push(...changes);
    const highest = await super.apply(fence, changes);
    if (this.failing === 'after' && changes.length > 0) throw new Error('The engine is away.');
    return highest;
  }

  override async refresh(): Promise<void> {
    if (this.isStale) throw new Error('The engine is away.');
    await super.refresh();
  }

  override async publishMembership(
    fence: EngineFence,
    { fields, ...rest }: PublishedMembership,
    sequence: number,
  ): Promise<void> {
    const [members, names] = [[...rest.members], [...rest.names]];
    await this.beforeMembership();
    await super.publishMembership(fence, { fields, members, names }, sequence);
  }
}

let count = 0;
let path = '';
let engine = new FailingEngine();

beforeEach(() => {
  path = join(folder, `${++count}.sqlite`);
  engine = new FailingEngine();
});

const begin = (): Promise<Started> =>
  Started.begin(
    async () => ({
      store: async () => publishingStore(await openForWriting(path, true, () => {}), engine, { mostDue: 0 }),
      reader: async () => new SearchReader(engine),
      inspector: () => Promise.reject(new Error('not used')),
      destroy: async () => rmSync(path),
    }),
    member(1),
  );

const ada = (version = START + 1_000, name = 'Ada') => record('Lead', 1, { Name: name }, { version });
const lead = recordId('Lead', 1);
const withoutDescription: IndexedFields = {
  ...STANDARD_FIELDS,
  fields: { ...STANDARD_FIELDS.fields, Lead: STANDARD_FIELDS.fields.Lead.filter((field) => field !== 'Description') },
};

describe('the outbox', () => {
  it.each(['before', 'after'] as const)('sends again what the engine failed on (%s storing it)', async (failing) => {
    const world = await begin();
    engine.failing = failing;
    await expect(world.write({ records: [ada()] })).rejects.toThrow('The engine is away.');
    engine.failing = 'never';
    // The store has it, so the second attempt changes nothing there.
    expect(await world.write({ records: [ada()] })).toMatchObject({ added: 0, renewed: 1 });
    expect(await world.found(1, 'ada')).toEqual([lead]);
  });

  it('refreshes the engine again if that failed, although the engine has everything', async () => {
    const world = await begin();
    engine.isStale = true;
    await expect(world.write({ records: [ada()] })).rejects.toThrow('The engine is away.');
    await world.store.close();
    engine.isStale = false;
    engine.applied.length = 0;
    const next = await opened(world.index.store());
    await next.admit({ ...world.fence, run: 2 }, { backfillStart: null, now: iso(START + 5_000) });
    expect([await world.found(1), engine.applied]).toEqual([[lead], []]);
  });

  it('sends everything again to an engine that was wiped before a crash, and until then nothing else', async () => {
    const world = await begin();
    await world.write({ records: [ada()] });
    engine = new FailingEngine();
    const wipe = engine.wipe.bind(engine);
    engine.wipe = async (fence) => {
      await wipe(fence);
      throw new Error('crashed');
    };
    const store = await opened(world.index.store());
    const fence = { ...world.fence, run: 2 };
    const admission = { backfillStart: null, now: iso(START + 5_000) };
    await expect(store.admit(fence, admission)).rejects.toThrow('crashed');
    engine.wipe = wipe;
    await expect(store.begin(fence, null)).rejects.toThrow(IndexReplacedError);
    await store.admit(fence, admission);
    expect(await world.found(1)).toEqual([lead]);
  });

  it('ends no write of another process as sent while everything is due', async () => {
    const world = await begin();
    const empty = new FailingEngine();
    const admission = { backfillStart: null, now: iso(START + 5_000) };
    await empty.claim({ storeId: 'another', run: 1 }, { highest: 0, acknowledged: 0 });
    const store = await opened(
      openForWriting(path, false, () => {}).then((db) => publishingStore(db, empty, { mostDue: 0 })),
    );
    empty.wipe = () => Promise.reject(new Error('crashed'));
    await expect(store.admit(world.fence, admission)).rejects.toThrow('crashed');
    await expect(world.write({ records: [ada()] })).rejects.toThrow(IndexReplacedError);
  });

  it('sends everything after the file was searched itself, although the engine knows the store', async () => {
    const world = await begin();
    engine.failing = 'before';
    await expect(world.write({ records: [ada()] })).rejects.toThrow('The engine is away.');
    await world.store.close();
    const alone = await embeddedStore(await openForWriting(path, false, () => {}));
    await alone.close();
    engine.failing = 'never';
    const store = await opened(world.index.store());
    await store.admit({ ...world.fence, run: 2 }, { backfillStart: null, now: iso(START + 5_000) });
    expect(await world.found(1)).toEqual([lead]);
  });

  it('sends a membership to an engine without content after every document', async () => {
    const world = await begin();
    await world.write({ records: [ada(), record('Lead', 2, { Name: 'Bob' })] });
    await world.store.close();
    engine = new FailingEngine();
    const seen: number[] = [];
    engine.beforeMembership = async () => void seen.push(engine.applied.length);
    const store = await opened(world.index.store());
    const admission = { backfillStart: null, now: iso(START + 5_000) };
    expect(await store.admit({ ...world.fence, run: 2 }, admission)).toBe(2);
    expect(await store.admit({ ...world.fence, run: 2 }, admission)).toBe(0);
    expect(seen).toEqual([2]);
  });

  it('sends everything again to an engine that was put back to the membership before', async () => {
    const world = await begin();
    await world.write({ records: [ada()] });
    const publish = engine.publishMembership.bind(engine);
    // The engine of then has never got it.
    engine.publishMembership = async () => {};
    await world.members(member(2, [userId(1)]));
    engine.publishMembership = publish;
    const store = await opened(world.index.store());
    await store.admit({ ...world.fence, run: 2 }, { backfillStart: null, now: iso(START + 5_000) });
    expect([await world.found(2), engine.applied.length]).toEqual([[lead], 2]);
  });

  it('never replaces a membership by an older one that another process is still sending', async () => {
    const world = await begin();
    await world.write({ records: [ada()], shares: [shares('Lead', 1, [groupId(1)])] });
    // A store that takes its turns like one of another process: it does not know that the file is the same.
    symlinkSync(path, `${path}.link`);
    const other = await opened(
      openForWriting(`${path}.link`, false, () => {}).then((db) => publishingStore(db, engine, { mostDue: 0 })),
    );
    let newer: Promise<unknown> = Promise.resolve();
    engine.beforeMembership = async () => {
      engine.beforeMembership = async () => {};
      newer = other.replaceMembership(world.fence, generation(START + 60_000), [member(2)], [userName(2)]);
      await delay(200);
    };
    await world.members(member(2, [groupId(1)]));
    await newer;
    expect(await world.found(2)).toEqual([]);
  });

  it('sends a document as it is now, however often it has changed since it became due', async () => {
    const world = await begin();
    engine.failing = 'before';
    await expect(world.write({ records: [ada()] })).rejects.toThrow();
    await expect(world.write({ records: [ada(START + 2_000, 'Bea')] })).rejects.toThrow();
    engine.failing = 'never';
    await world.write({ removals: [{ id: lead, object: 'Lead', version: START + 3_000 }] });
    expect(engine.applied).toMatchObject([{ id: lead, document: null }]);
    expect(await world.found(1)).toEqual([]);
  });

  it('sends a document again if only its principals, or only the time of its change, are new', async () => {
    const world = await begin();
    await world.write({ records: [ada()], shares: [shares('Lead', 1, [groupId(1)])] });
    await world.members(member(2, [groupId(1)]), member(3, [groupId(2)]));
    await world.write({ shares: [shares('Lead', 1, [groupId(2)], START + 2_000)] });
    expect([await world.found(2), await world.found(3)]).toEqual([[], [lead]]);
    const modified = iso(Date.parse(ada().modified) + 1);
    await world.write({ records: [{ ...ada(START + 2_000), modified }] });
    expect((await world.search(3)).hits).toMatchObject([{ id: lead, modified }]);
  });

  it('does not send a document if only its version has changed', async () => {
    const world = await begin();
    await world.write({ records: [ada()] });
    engine.applied.length = 0;
    expect(await world.write({ records: [ada(START + 2_000)] })).toMatchObject({ renewed: 1 });
    expect(engine.applied).toEqual([]);
  });

  it('sends everything again, from the store, to an engine that has lost its content', async () => {
    const world = await begin();
    await world.write({ records: [ada(), record('Case', 2, { Subject: 'solar' })] });
    engine = new FailingEngine();
    const store = await world.index.store();
    const fence = { ...world.fence, run: 2 };
    await store.admit(fence, { backfillStart: null, now: iso(START + 5_000) });
    await store.close();
    expect(await world.found(1)).toEqual([recordId('Case', 2), lead].sort());
    expect(await world.found(1, 'solar')).toEqual([recordId('Case', 2)]);
  });

  it('replaces the content of a newer state if the store was restored from a copy', async () => {
    const world = await begin();
    await world.write({ records: [ada()] });
    await world.store.close();
    copyFileSync(path, `${path}.copy`);
    const later = await world.index.store();
    await later.write(world.fence, { records: [ada(START + 2_000, 'Bea'), record('Lead', 2, { Name: 'Cleo' })] });
    await later.close();
    expect(await world.found(1, 'bea')).toEqual([lead]);
    copyFileSync(`${path}.copy`, path);
    const restored = await world.index.store();
    await restored.admit({ ...world.fence, run: 2 }, { backfillStart: null, now: iso(START + 5_000) });
    expect([await world.found(1), await world.found(1, 'ada')]).toEqual([[lead], [lead]]);
    await restored.close();
  });

  it('removes the text of a field for good when the field is no longer indexed', async () => {
    const world = await begin();
    await world.write({ records: [record('Lead', 1, { Name: 'Ada', Description: 'wind' })] });
    await world.begin(opening({ start: iso(START + 10_000), indexed: withoutDescription }));
    expect(await world.found(1, 'wind')).toEqual([]);
    await world.begin(opening({ start: iso(START + 20_000) }));
    expect(await world.found(1, 'wind')).toEqual([]);
    expect(await world.found(1, 'ada')).toEqual([lead]);
  });

  it('lists a record as unindexed if the engine refuses its content', async () => {
    engine = new FailingEngine({ refuses: ({ strings }) => (strings.Name === 'Eve' ? 'mapper_parsing' : null) });
    const world = await begin();
    await world.write({ records: [ada(), record('Lead', 2, { Name: 'Eve' })] });
    expect(await world.found(1)).toEqual([lead]);
    expect((await world.store.health()).unindexed.records).toEqual([
      { id: recordId('Lead', 2), object: 'Lead', cause: { code: 'engine_refused', engineCode: 'mapper_parsing' } },
    ]);
    await world.write({ records: [record('Lead', 2, { Name: 'Eva' }, { version: START + 2_000 })] });
    expect(await world.found(1, 'eva')).toEqual([recordId('Lead', 2)]);
    expect((await world.store.health()).unindexed.count).toBe(0);
  });

  it('removes nothing if the engine refuses many documents, or a removal', async () => {
    let refuses = true;
    engine = new FailingEngine({ refuses: () => (refuses ? 'mapper_parsing' : null) });
    const world = await begin();
    const many = Array.from({ length: 21 }, (_, n) => record('Lead', n + 1, { Name: 'Ada' }));
    await expect(world.write({ records: many })).rejects.toThrow(
      'refuses at least 21 documents at once (mapper_parsing)',
    );
    expect([(await world.store.counts()).Lead, (await world.store.health()).unindexed.count]).toEqual([21, 0]);
    refuses = false;
    await world.write({});
    expect(await world.found(1)).toHaveLength(21);

    engine.apply = (_, changes) =>
      Promise.reject(new DocumentsRefusedError(changes.map(({ id }) => ({ id, engineCode: 'read_only' }))));
    const removals = [{ id: lead, object: 'Lead', version: START + 2_000 } as const];
    await expect(world.write({ removals })).rejects.toThrow('refuses a removal');
    expect((await world.store.health()).unindexed.count).toBe(0);
  });

  it('refuses searches as soon as another org has answered, and serves them again with the right one', async () => {
    const world = await begin();
    await world.write({ records: [ada()] });
    await world.store.refuse('00D000000000002EAA');
    await expect(world.search(1)).rejects.toThrow('but 00D000000000002EAA answers now');
    await world.begin(null, { ...world.fence, run: 2 });
    expect(await world.found(1)).toEqual([lead]);
  });

  describe('while the store writes', () => {
    /** A store that does not wait for the engine, on the file of a world that has begun. */
    const lagging = async (world: Started) => {
      await world.store.close();
      return opened(openForWriting(path, true, () => {}).then((db) => publishingStore(db, engine)));
    };

    /** An engine that holds up documents until it is released. */
    const held = () => {
      let release: () => void = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const apply = engine.apply.bind(engine);
      engine.apply = async (fence, changes) => {
        if (changes.length > 0) await released;
        return apply(fence, changes);
      };
      return release;
    };

    it('a write does not wait for the engine, the end of a pass does', async () => {
      const world = await begin();
      const store = await lagging(world);
      const release = held();
      await store.write(world.fence, { records: [ada()] });
      expect(await world.found(1)).toEqual([]);
      const ending = store.endPass(world.fence, iso(START + 2_000), {});
      release();
      await ending;
      expect(await world.found(1, 'ada')).toEqual([lead]);
    });

    it('a membership does not queue behind documents', async () => {
      const world = await begin();
      await world.write({ records: [ada()], shares: [shares('Lead', 1, [groupId(1)])] });
      await world.members(member(2, [groupId(1)]));
      const store = await lagging(world);
      const release = held();
      await store.write(world.fence, { records: [record('Lead', 2, { Name: 'Bob' })] });
      await store.replaceMembership(world.fence, generation(START + 60_000), [member(2)], [userName(2)]);
      await vi.waitUntil(async () => (await world.search(2)).hits.length === 0).finally(release);
    });

    it('a membership that opens an object comes after the documents that were due before it', async () => {
      const world = await begin();
      await world.write({ records: [ada()], shares: [shares('Lead', 1, [groupId(1)])] });
      await world.members(member(2, [groupId(1)], { Lead: { reach: 'none', fields: [] } }));
      const store = await lagging(world);
      const release = held();
      // The engine still has the share that the store has removed.
      await store.write(world.fence, { shares: [shares('Lead', 1, [], START + 2_000)] });
      await store.replaceMembership(world.fence, generation(START + 60_000), [member(2, [groupId(1)])], [userName(2)]);
      const ending = store.endPass(world.fence, iso(START + 2_000), {});
      const seen = new Set<number>();
      const looking = vi.waitUntil(async () => {
        seen.add((await world.found(2)).length);
        return seen.size > 1;
      }, 300);
      await expect(looking).rejects.toThrow();
      release();
      await ending;
      expect([[...seen], await world.found(2)]).toEqual([[0], []]);
      expect(
        await engine.reading(START, async (view) => (await view.accessOf(member(2).userId))?.objects.Lead.reach),
      ).toBe('principals');
    });

    it('writes wait while much is due, and continue when little is left', async () => {
      const world = await begin();
      await world.store.close();
      const store = await opened(
        openForWriting(path, true, () => {}).then((db) => publishingStore(db, engine, { mostDue: 10 })),
      );
      const release = held();
      await store.write(world.fence, { records: [ada()] });
      let isWritten = false;
      const records = Array.from({ length: 20 }, (_, n) => record('Lead', n + 2, { Name: 'Bob' }));
      const writing = store.write(world.fence, { records }).then(() => {
        isWritten = true;
      });
      await vi.waitUntil(async () => (await store.counts()).Lead === 21);
      expect(isWritten).toBe(false);
      release();
      await writing;
    });

    it('a call that waits for the engine throws its error, and the next one sends again', async () => {
      const world = await begin();
      const store = await lagging(world);
      engine.failing = 'before';
      const failing = store
        .write(world.fence, { records: [ada()] })
        .then(() => store.endPass(world.fence, iso(START + 2_000), {}));
      await expect(failing).rejects.toThrow('The engine is away.');
      engine.failing = 'never';
      await store.endPass(world.fence, iso(START + 2_000), {});
      expect(await world.found(1)).toEqual([lead]);
    });
  });

  it('writes nothing if the engine has changes that this store never sent', async () => {
    const world = await begin();
    await world.write({ records: [ada()] });
    await world.store.close();
    copyFileSync(path, `${path}.copy`);
    const later = await opened(world.index.store());
    await later.write(world.fence, { records: [record('Lead', 2, { Name: 'Cleo' })] });
    await later.close();
    copyFileSync(`${path}.copy`, path);
    const restored = await opened(world.index.store());
    await expect(restored.write(world.fence, { records: [record('Lead', 3, { Name: 'Dan' })] })).rejects.toThrow(
      'The search engine has changes that this run store never sent',
    );
    expect((await restored.counts()).Lead).toBe(1);
  });

  it('does not remove a record whose older state the engine refuses', async () => {
    engine = new FailingEngine({ refuses: ({ strings }) => (strings.Name === 'Eve' ? 'mapper_parsing' : null) });
    const world = await begin();
    await world.store.close();
    const store = await opened(openForWriting(path, true, () => {}).then((db) => publishingStore(db, engine)));
    const apply = engine.apply.bind(engine);
    let isFirst = true;
    engine.apply = async (fence, changes) => {
      if (isFirst && changes.length > 0) {
        isFirst = false;
        await store.write(world.fence, { records: [ada(START + 2_000, 'Eva')] });
      }
      return apply(fence, changes);
    };
    await store.write(world.fence, { records: [ada(START + 1_000, 'Eve')] });
    await store.endPass(world.fence, iso(START + 3_000), {});
    expect(await world.found(1, 'eva')).toEqual([lead]);
    expect((await store.health()).unindexed.count).toBe(0);
  });
});
