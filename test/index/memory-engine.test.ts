import { describe, expect, it } from 'vitest';
import { Claimed, changeOf, documentOf, FENCE, queryOf, removalOf, START } from './engine-contract/setup.ts';
import { engineContract } from './engine-contract.ts';
import { dropMemoryEngine, memoryEngineOf } from './memory-engine/registry.ts';

let count = 0;

describe('the engine in memory', () => {
  engineContract(async (refuses) => {
    const name = `engine-${++count}`;
    return { open: async () => memoryEngineOf(name, refuses === undefined ? {} : { refuses }) };
  });

  it('shows nothing of what was applied before a refresh', async () => {
    const world = await Claimed.begin(async () => ({ open: async () => memoryEngineOf('unrefreshed') }));
    const lead = documentOf('Lead', 1, { Name: 'Ada' });
    await world.side.apply(FENCE, [changeOf(lead, 1)]);
    expect(await world.found()).toEqual([]);
    await world.side.refresh();
    await world.side.apply(FENCE, [removalOf(lead, 2)]);
    expect(await world.found()).toEqual([lead.id]);
  });

  it('is one for each name, until it is dropped', async () => {
    const world = await Claimed.begin(async () => ({ open: async () => memoryEngineOf('shared') }));
    await world.store(documentOf('Lead', 1, { Name: 'Ada' }));
    await world.side.close();
    const ids = (name: string) => memoryEngineOf(name).reading(START, (view) => view.ids(queryOf('ada')));
    expect(await ids('shared')).toHaveLength(1);
    await expect(ids('another')).rejects.toThrow('Nothing is indexed yet');
    dropMemoryEngine('shared');
    await expect(ids('shared')).rejects.toThrow('Nothing is indexed yet');
  });
});
