import { expect, it } from 'vitest';
import { IndexReplacedError, OrganizationChangedError, SearchRefusedError } from '../../../src/index/port/errors.ts';
import { wholeState } from '../whole-state.ts';
import {
  generation,
  guard,
  iso,
  member,
  type NewIndex,
  ORG,
  OTHER_ORG,
  opened,
  opening,
  record,
  START,
  Started,
} from './setup.ts';

/** Which index this is, and which connection and organization own it. */
export function identity(newIndex: NewIndex): void {
  it('a new index has its own id and no content', async () => {
    const index = await newIndex();
    const state = await wholeState(await opened(index.store()));
    expect(state).toEqual({
      indexId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      organizationId: null,
      lastBackfill: null,
      pass: null,
      refusedOrganizationId: null,
      highestRun: 0,
      watermarks: {},
      shareWatermarks: {},
      blocked: [],
      shareLooks: {},
      schema: null,
      backfill: null,
      contacts: null,
      documents: { Account: 0, Contact: 0, Case: 0, Opportunity: 0, Lead: 0 },
      unindexed: { count: 0, records: [] },
      stale: [],
      missed: [],
    });
  });

  it('keeps its id when it is opened again, and gets another after it was deleted', async () => {
    const index = await newIndex();
    const first = await index.store();
    const { indexId } = await first.state();
    await first.close();
    const again = await index.store();
    expect((await again.state()).indexId).toBe(indexId);
    await again.close();
    await index.destroy();
    expect((await (await opened(index.store())).state()).indexId).not.toBe(indexId);
  });

  it('refuses all writes of a run that began with another index, and changes nothing', async () => {
    const world = await Started.begin(newIndex);
    const other = { ...world.fence, indexId: '11111111-2222-3333-4444-555555555555' };
    const before = await wholeState(world.store);
    await expect(world.store.begin({ ...other, run: 2 }, null)).rejects.toThrow(IndexReplacedError);
    await expect(world.store.write(other, { records: [record('Lead', 1, { Name: 'Ada' })] })).rejects.toThrow(
      IndexReplacedError,
    );
    await expect(world.store.sweep(other, 'Lead', START, guard(20))).rejects.toThrow(IndexReplacedError);
    await expect(world.store.endBackfill(other, { contactsMixed: false })).rejects.toThrow(IndexReplacedError);
    await expect(world.store.replaceMembership(other, generation(1), [], [])).rejects.toThrow(IndexReplacedError);
    expect(await wholeState(world.store)).toEqual(before);
  });

  it('refuses another organization, in begin and in every write, and changes nothing', async () => {
    const world = await Started.begin(newIndex);
    const other = { ...world.fence, run: 2, organizationId: OTHER_ORG };
    const before = await wholeState(world.store);
    await expect(
      world.store.begin(other, opening({ start: iso(START + 5), schema: 'less', contacts: 'own' })),
    ).rejects.toThrow(OrganizationChangedError);
    await expect(world.store.write(other, { records: [record('Lead', 1, { Name: 'Ada' })] })).rejects.toThrow(
      OrganizationChangedError,
    );
    await expect(world.store.sweep(other, 'Lead', START, guard(20))).rejects.toThrow(OrganizationChangedError);
    expect(await wholeState(world.store)).toEqual(before);
    await world.begin(null, { ...world.fence, run: 2 });
  });

  it('refuses a write if no run has begun yet', async () => {
    const store = await opened((await newIndex()).store());
    const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: ORG };
    await expect(store.write(fence, {})).rejects.toThrow(IndexReplacedError);
  });

  it('refuses searches while another org answers, and serves again when its own org is back', async () => {
    const world = await Started.begin(newIndex);
    await world.members(member(1));
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    const before = await wholeState(world.store);
    await world.store.refuse(OTHER_ORG);
    expect(await wholeState(world.store)).toEqual({ ...before, refusedOrganizationId: OTHER_ORG });
    await expect(world.search(1)).rejects.toThrow(SearchRefusedError);
    await expect(world.search(1)).rejects.toThrow(`${OTHER_ORG}`);
    await world.begin(null, { ...world.fence, run: 2 });
    expect(await world.found(1)).toHaveLength(1);
  });

  it('refuses searches before the first membership exists', async () => {
    const world = await Started.begin(newIndex);
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    await expect(world.search(1)).rejects.toThrow(SearchRefusedError);
    await world.members(member(1));
    expect(await world.found(1)).toHaveLength(1);
  });

  it('cannot be searched if it does not exist', async () => {
    const index = await newIndex();
    await expect(index.reader()).rejects.toThrow(SearchRefusedError);
  });
}
