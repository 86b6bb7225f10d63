import { expect, it } from 'vitest';
import { IndexReplacedError, OrganizationChangedError, SearchRefusedError } from '../../../src/index/errors.ts';
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

/** Which index this is, and whose. */
export function identity(newIndex: NewIndex): void {
  it('a new index has an id of its own and holds nothing', async () => {
    const index = await newIndex();
    const state = await wholeState(await opened(index.writer()));
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
      selection: null,
      backfill: null,
      contacts: null,
      documents: { Account: 0, Contact: 0, Case: 0, Opportunity: 0, Lead: 0 },
      unindexed: { count: 0, records: [] },
      stale: [],
      missed: [],
    });
  });

  it('keeps its id when it is opened again, and has another when it was deleted', async () => {
    const index = await newIndex();
    const first = await index.writer();
    const { indexId } = await first.state();
    await first.close();
    const again = await index.writer();
    expect((await again.state()).indexId).toBe(indexId);
    await again.close();
    await index.destroy();
    expect((await (await opened(index.writer())).state()).indexId).not.toBe(indexId);
  });

  it('refuses a run that began with another index, whatever it writes, and changes nothing', async () => {
    const world = await Started.begin(newIndex);
    const other = { ...world.ticket, indexId: '11111111-2222-3333-4444-555555555555' };
    const before = await wholeState(world.writer);
    await expect(world.writer.begin({ ...other, run: 2 }, null)).rejects.toThrow(IndexReplacedError);
    await expect(world.writer.write(other, { records: [record('Lead', 1, { Name: 'Ada' })] })).rejects.toThrow(
      IndexReplacedError,
    );
    await expect(world.writer.sweep(other, 'Lead', START, guard(20))).rejects.toThrow(IndexReplacedError);
    await expect(world.writer.endBackfill(other, { contactsMixed: false })).rejects.toThrow(IndexReplacedError);
    await expect(world.writer.replaceMembership(other, generation(1), [], [])).rejects.toThrow(IndexReplacedError);
    expect(await wholeState(world.writer)).toEqual(before);
  });

  it('refuses another organization, in begin and in every write, and changes nothing', async () => {
    const world = await Started.begin(newIndex);
    const other = { ...world.ticket, run: 2, organizationId: OTHER_ORG };
    const before = await wholeState(world.writer);
    await expect(
      world.writer.begin(other, opening({ start: iso(START + 5), selection: 'less', contacts: 'own' })),
    ).rejects.toThrow(OrganizationChangedError);
    await expect(world.writer.write(other, { records: [record('Lead', 1, { Name: 'Ada' })] })).rejects.toThrow(
      OrganizationChangedError,
    );
    await expect(world.writer.sweep(other, 'Lead', START, guard(20))).rejects.toThrow(OrganizationChangedError);
    expect(await wholeState(world.writer)).toEqual(before);
    await world.begin(null, { ...world.ticket, run: 2 });
  });

  it('refuses a write where no run has begun yet', async () => {
    const writer = await opened((await newIndex()).writer());
    const ticket = { run: 1, indexId: (await writer.state()).indexId, organizationId: ORG };
    await expect(writer.write(ticket, {})).rejects.toThrow(IndexReplacedError);
  });

  it('refuses searches while another org answers, and serves again when its own is back', async () => {
    const world = await Started.begin(newIndex);
    await world.members(member(1));
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    const before = await wholeState(world.writer);
    await world.writer.refuse(OTHER_ORG);
    expect(await wholeState(world.writer)).toEqual({ ...before, refusedOrganizationId: OTHER_ORG });
    await expect(world.search(1)).rejects.toThrow(SearchRefusedError);
    await expect(world.search(1)).rejects.toThrow(`${OTHER_ORG}`);
    await world.begin(null, { ...world.ticket, run: 2 });
    expect(await world.found(1)).toHaveLength(1);
  });

  it('refuses searches before the first membership is there', async () => {
    const world = await Started.begin(newIndex);
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    await expect(world.search(1)).rejects.toThrow(SearchRefusedError);
    await world.members(member(1));
    expect(await world.found(1)).toHaveLength(1);
  });

  it('cannot be searched where there is none', async () => {
    const index = await newIndex();
    await expect(index.reader()).rejects.toThrow(SearchRefusedError);
  });
}
