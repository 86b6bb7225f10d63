import { expect, it } from 'vitest';
import { member, type NewIndex, record, START, Started } from './setup.ts';

/** Several connections at the same time. */
export function concurrency(newIndex: NewIndex): void {
  it('a reader sees whole hits of one moment while a writer rewrites everything', async () => {
    const world = await Started.begin(newIndex);
    await world.members(member(1));
    const batch = (round: number) => ({
      records: Array.from({ length: 700 }, (_, n) =>
        record('Lead', n, { Name: `solar r${round}`, Description: `round r${round}` }, { version: START + round }),
      ),
    });
    await world.write(batch(0));
    let isWriting = true;
    const writing = (async () => {
      for (let round = 1; round <= 6; round++) await world.write(batch(round));
      isWriting = false;
    })();
    const reader = await world.index.reader();
    let searches = 0;
    while (isWriting) {
      const { hits, total } = await reader.search('solar', { as: member(1).userId, limit: 200 });
      expect([hits.length, total]).toEqual([200, 700]);
      expect(new Set(hits.map((hit) => hit.title)).size).toBe(1);
      for (const hit of hits) expect(hit.fields.Description?.split(' ')[1]).toBe(hit.title.split(' ')[1]);
      searches++;
      await new Promise(setImmediate);
    }
    await writing;
    await reader.close();
    expect(searches).toBeGreaterThan(3);
    expect((await world.search(1, 'r6', { limit: 1 })).total).toBe(700);
  });

  it('a batch of long texts yields to heartbeats', async () => {
    const world = await Started.begin(newIndex);
    const turnsOf = async (text: string, version: number): Promise<number> => {
      const records = Array.from({ length: 40 }, (_, n) => record('Lead', n, { Description: text }, { version }));
      let turns = 0;
      let isWriting = true;
      const writing = world.write({ records }).finally(() => {
        isWriting = false;
      });
      while (isWriting) {
        turns++;
        await new Promise(setImmediate);
      }
      await writing;
      return turns;
    };
    const short = await turnsOf('short', START + 1);
    expect(await turnsOf('lorem ipsum '.repeat(10_922), START + 2)).toBeGreaterThan(short + 1);
  });

  it('writers wait for each other, and lose nothing', async () => {
    const world = await Started.begin(newIndex);
    const other = await world.index.store();
    const batch = (from: number) => ({
      records: Array.from({ length: 600 }, (_, n) => record('Lead', from + n, { Name: `Lead ${from + n}` })),
    });
    const results = await Promise.all([
      world.write(batch(1)),
      other.write(world.fence, batch(1_001)),
      world.store.state(),
      world.write(batch(2_001)),
      other.write(world.fence, batch(3_001)),
    ]);
    await other.close();
    expect(results.filter((result) => 'added' in result).map((result) => result.added)).toEqual([600, 600, 600, 600]);
    expect((await world.store.counts()).Lead).toBe(2_400);
  });
}
