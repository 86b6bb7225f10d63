import { expect, it } from 'vitest';
import { groupId, iso, member, type NewIndex, record, recordId, START, Started, shares, userId } from './setup.ts';

const V = START + 10_000;
const lead = recordId('Lead', 1);

/** A document has two versions: its record's and its share rows'. */
export function versions(newIndex: NewIndex): void {
  const begin = () => Started.begin(newIndex, member(1), member(2), member(3, [groupId(1)]));
  const ada = (version: number, rest = {}) => record('Lead', 1, { Name: 'Ada' }, { version, ...rest });

  it('leaves out an older page of a record, and takes an equal or newer one', async () => {
    const world = await begin();
    await world.write({ records: [ada(V, { ownerId: userId(2) })] });
    expect(await world.write({ records: [ada(V - 1)] })).toMatchObject({ changed: 0, outdated: 1 });
    expect([await world.found(1), await world.found(2)]).toEqual([[], [lead]]);
    expect(await world.write({ records: [ada(V)] })).toMatchObject({ changed: 1, outdated: 0 });
    expect([await world.found(1), await world.found(2)]).toEqual([[lead], []]);
    expect(await world.write({ records: [ada(V + 1, { ownerId: userId(2) })] })).toMatchObject({ changed: 1 });
    expect([await world.found(1), await world.found(2)]).toEqual([[], [lead]]);
  });

  it('a removed share stays removed when an earlier page arrives late', async () => {
    const world = await begin();
    await world.write({ records: [ada(V)], shares: [shares('Lead', 1, [groupId(1)], V)] });
    expect(await world.found(3)).toEqual([lead]);
    await world.write({ shares: [shares('Lead', 1, [], V + 2)] });
    expect(await world.found(3)).toEqual([]);
    expect(await world.write({ shares: [shares('Lead', 1, [groupId(1)], V + 1)] })).toMatchObject({ outdated: 1 });
    expect(await world.found(3)).toEqual([]);
    await world.write({ shares: [shares('Lead', 1, [groupId(1)], V + 2)] });
    expect(await world.found(3)).toEqual([lead]);
  });

  it('the two parts do not hold each other back', async () => {
    const world = await begin();
    await world.write({ records: [ada(V + 5)] });
    expect(await world.write({ shares: [shares('Lead', 1, [groupId(1)], V)] })).toMatchObject({ changed: 1 });
    expect(await world.found(3)).toEqual([lead]);
    await world.write({ shares: [shares('Lead', 1, [groupId(1)], V + 20)] });
    expect(await world.write({ records: [ada(V + 6, { ownerId: userId(2) })] })).toMatchObject({ changed: 1 });
    expect(await world.found(2)).toEqual([lead]);
  });

  it('share rows that arrive before their record wait for it', async () => {
    const world = await begin();
    await world.write({ shares: [shares('Lead', 1, [groupId(1)], V)] });
    expect(await world.found(3)).toEqual([]);
    expect(await world.write({ records: [ada(V)] })).toMatchObject({ added: 1, sharesUnknown: [] });
    expect(await world.found(3)).toEqual([lead]);
  });

  it('requests the share rows of a new record until they arrive, even after a crash in between', async () => {
    const world = await begin();
    expect(await world.write({ records: [ada(V)] })).toMatchObject({ added: 1, sharesUnknown: [lead] });
    expect(await world.write({ records: [ada(V)] })).toMatchObject({ renewed: 1, sharesUnknown: [lead] });
    expect(await world.write({ records: [ada(V + 1)] })).toMatchObject({ renewed: 1, sharesUnknown: [lead] });
    await world.write({ shares: [shares('Lead', 1, [], V + 1)] });
    expect(await world.write({ records: [ada(V + 2)] })).toMatchObject({ renewed: 1, sharesUnknown: [] });
  });

  it('share rows older than the record that needs them do not settle the request', async () => {
    const world = await begin();
    expect(await world.write({ shares: [shares('Lead', 1, [], V - 1)], records: [ada(V)] })).toMatchObject({
      sharesUnknown: [lead],
    });
    expect(await world.write({ shares: [shares('Lead', 1, [], V)], records: [ada(V)] })).toMatchObject({
      sharesUnknown: [],
    });
  });

  it.each([
    ['another owner', { ownerId: userId(2) }, [lead]],
    ['another account', { accountId: recordId('Account', 9) }, [lead]],
    ['another name', { fields: { Name: 'Bob' } }, []],
  ])('requests the share rows again after %s: %#', async (_, change, unknown) => {
    const world = await begin();
    await world.write({ records: [ada(V)], shares: [shares('Lead', 1, [], V)] });
    expect(await world.write({ records: [ada(V + 1, change)] })).toMatchObject({ sharesUnknown: unknown });
  });

  it('a removed record is gone, together with its words', async () => {
    const world = await begin();
    await world.write({ records: [ada(V)] });
    expect(await world.write({ removals: [{ id: lead, object: 'Lead', version: V + 1 }] })).toMatchObject({
      removed: 1,
    });
    expect([await world.found(1), await world.found(1, 'ada')]).toEqual([[], []]);
    expect((await world.store.counts()).Lead).toBe(0);
  });

  it('an older page does not restore a removed record; a newer one does, and requests its share rows', async () => {
    const world = await begin();
    await world.write({ records: [ada(V)], shares: [shares('Lead', 1, [groupId(1)], V)] });
    await world.write({ removals: [{ id: lead, object: 'Lead', version: V + 2 }] });
    expect(await world.write({ records: [ada(V + 1)] })).toMatchObject({ added: 0, outdated: 1 });
    expect(await world.found(1)).toEqual([]);
    expect(await world.write({ records: [ada(V + 3)] })).toMatchObject({ added: 1, sharesUnknown: [lead] });
    expect(await world.found(1)).toEqual([lead]);
  });

  it('an older removal leaves the record', async () => {
    const world = await begin();
    await world.write({ records: [ada(V)] });
    expect(await world.write({ removals: [{ id: lead, object: 'Lead', version: V - 1 }] })).toMatchObject({
      removed: 0,
      outdated: 1,
    });
    expect(await world.found(1)).toEqual([lead]);
  });

  it('a removal that arrives before its record wins over an older page', async () => {
    const world = await begin();
    expect(await world.write({ removals: [{ id: lead, object: 'Lead', version: V }] })).toMatchObject({ removed: 0 });
    expect(await world.write({ records: [ada(V - 1)] })).toMatchObject({ outdated: 1 });
    expect(await world.found(1)).toEqual([]);
  });

  it('an unchanged document only gets a new version, in any order of its fields', async () => {
    const world = await begin();
    const fields = { Name: 'Ada', Company: 'Acme' };
    await world.write({ records: [ada(V, { fields })], shares: [shares('Lead', 1, [groupId(1), userId(2)], V)] });
    const turned = { Company: 'Acme', Name: 'Ada' };
    const again = {
      records: [ada(V + 1, { fields: turned })],
      shares: [shares('Lead', 1, [userId(2), groupId(1)], V + 1)],
    };
    expect(await world.write(again)).toEqual({
      added: 0,
      changed: 0,
      renewed: 1,
      removed: 0,
      outdated: 0,
      sharesUnknown: [],
    });
    expect(await world.write({ records: [ada(V, { fields })] })).toMatchObject({ outdated: 1 });
  });

  it('a changed document is found by its new words, and no longer by its old ones', async () => {
    const world = await begin();
    await world.write({ records: [ada(V, { fields: { Name: 'Ada Lovelace', Phone: '(415) 555-1234' } })] });
    await world.write({ records: [ada(V + 1, { fields: { Name: 'Ada King', Phone: '(415) 555-9999' } })] });
    expect(await world.found(1, 'king')).toEqual([lead]);
    expect(await world.found(1, 'lovelace')).toEqual([]);
    expect(await world.found(1, '4155551234')).toEqual([]);
  });

  it('a new modified date alone is shown, and rewrites nothing', async () => {
    const world = await begin();
    await world.write({ records: [ada(V)] });
    const modified = iso(V + 77_000);
    expect(await world.write({ records: [ada(V + 1, { modified })] })).toMatchObject({ changed: 0, renewed: 1 });
    expect((await world.search(1)).hits[0]?.modified).toBe(modified);
  });

  it('if a batch has a record twice, the newer one counts', async () => {
    const world = await begin();
    const two = [ada(V + 1, { ownerId: userId(2) }), ada(V)];
    expect(await world.write({ records: two })).toMatchObject({ added: 1, outdated: 1 });
    expect([await world.found(1), await world.found(2)]).toEqual([[], [lead]]);
  });

  it('a batch is written whole or not at all', async () => {
    const world = await begin();
    const bad = record('Lead', 2, { Nonsense__c: 'x' }, { version: V });
    const position = {
      object: 'Lead',
      position: { cursor: { kind: 'keyset', after: lead }, done: true, recordsRead: 2 },
    } as const;
    await expect(world.write({ records: [ada(V), bad], position })).rejects.toThrow('Lead.Nonsense__c');
    expect(await world.found(1)).toEqual([]);
    expect((await world.store.state()).backfill?.positions).toEqual({});
    expect(await world.write({ records: [ada(V)] })).toMatchObject({ added: 1 });
    expect(await world.found(1)).toEqual([lead]);
  });
}
