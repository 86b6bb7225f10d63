import { beforeEach, expect, it } from 'vitest';
import { SelectionChangedError } from '../../../src/index/port/errors.ts';
import { fieldLists, type IndexedFields, STANDARD_FIELDS } from '../../../src/objects/index.ts';
import { generation, iso, member, type NewIndex, opened, opening, record, recordId, START, Started } from './setup.ts';

const account = recordId('Account', 1);

/** The standard fields, with other fields for accounts. */
function accountFields(...fields: string[]): IndexedFields {
  return {
    fields: fieldLists(({ name }) => (name === 'Account' ? fields : STANDARD_FIELDS.fields[name])),
    titleFields: STANDARD_FIELDS.titleFields,
  };
}

/** The selection decides which fields are indexed. The next backfill adds and drops fields, and leaks nothing. */
export function columns(newIndex: NewIndex): void {
  let world: Started;
  let starts = 0;

  /** Begins a backfill with these fields of accounts. */
  const begin = (...fields: string[]): Promise<void> =>
    world.begin(opening({ start: iso(START + ++starts), schema: fields.join(), indexed: accountFields(...fields) }));
  const members = (fields: readonly string[], asOf: number): Promise<unknown> =>
    world.store.replaceMembership(
      world.fence,
      { ...generation(asOf), fields: accountFields(...fields).fields },
      [member(1)],
      [{ userId: member(1).userId, name: 'One', username: 'one@a', federationId: null, email: null, refused: null }],
    );

  beforeEach(async () => {
    starts = 0;
    world = await Started.begin(newIndex);
    await begin('Name', 'Phone', 'Fax');
    await members(['Name', 'Phone', 'Fax'], START + 1);
    await world.write({ records: [record('Account', 1, { Name: 'Harbour', Phone: 'ring', Fax: 'paper' })] });
  });

  it('during the backfill, remaining fields are found, and dropped fields are neither found nor shown', async () => {
    await begin('Name', 'Phone');
    expect(await world.found(1, 'harbour ring')).toEqual([account]);
    expect(await world.found(1, 'paper')).toEqual([]);
    expect((await world.search(1, 'harbour')).hits[0]?.fields).toEqual({ Name: 'Harbour', Phone: 'ring' });
  });

  it('a new field has text once its records are written', async () => {
    await begin('Name', 'Region__c', 'Phone', 'Fax');
    await members(['Name', 'Region__c', 'Phone', 'Fax'], START + 2);
    expect(await world.found(1, 'north')).toEqual([]);
    await world.write({ records: [record('Account', 1, { Name: 'Harbour', Region__c: 'north' })] });
    expect(await world.found(1, 'north harbour')).toEqual([account]);
    expect(await world.found(1, 'ring')).toEqual([]);
  });

  it('nobody reads a new field until a membership has checked it, even users who read every field before', async () => {
    await begin('Name', 'Region__c');
    await world.write({ records: [record('Account', 1, { Name: 'Harbour', Region__c: 'north' })] });
    expect(await world.found(1, 'north')).toEqual([]);
    expect((await world.search(1, 'harbour')).hits[0]?.fields).toEqual({ Name: 'Harbour' });
    await members(['Name', 'Region__c'], START + 2);
    expect(await world.found(1, 'north')).toEqual([account]);
  });

  it('text of a dropped field does not come back with the field', async () => {
    await begin('Name');
    await begin('Name', 'Fax');
    expect(await world.found(1, 'paper')).toEqual([]);
    expect((await world.search(1, 'harbour')).hits[0]?.fields).toEqual({ Name: 'Harbour' });
  });

  it('other objects keep their text in a field of the same name', async () => {
    await world.write({ records: [record('Lead', 1, { Name: 'Quay', Phone: 'bell' })] });
    await begin('Name');
    expect(await world.found(1, 'ring')).toEqual([]);
    expect(await world.found(1, 'quay bell')).toEqual([recordId('Lead', 1)]);
    expect((await world.search(1, 'quay')).hits[0]?.fields).toMatchObject({ Phone: 'bell' });
  });

  it('a removal removes exactly what was indexed, before and after', async () => {
    await begin('Fax', 'Name');
    await world.write({ records: [record('Account', 1, { Name: 'Pier', Fax: 'paper' })] });
    expect(await world.found(1, 'harbour')).toEqual([]);
    expect(await world.found(1, 'pier paper')).toEqual([account]);
    await world.write({ removals: [{ id: account, object: 'Account', version: START + 5_000 }] });
    expect(await world.found(1, 'pier')).toEqual([]);
    await world.write({ records: [record('Account', 1, { Name: 'Quay' }, { version: START + 6_000 })] });
    expect(await world.found(1, 'quay')).toEqual([account]);
    expect(await world.found(1, 'pier')).toEqual([]);
  });

  it('an unchanged record is only renewed after its fields have become fewer', async () => {
    await begin('Name');
    const written = await world.write({ records: [record('Account', 1, { Name: 'Harbour' })] });
    expect(written).toMatchObject({ renewed: 1, changed: 0 });
  });

  it('an object without fields is never found', async () => {
    await begin();
    expect(await world.found(1)).toEqual([]);
    expect(await world.found(1, account)).toEqual([]);
  });

  it('an open reader continues', async () => {
    const reader = await opened(world.index.reader());
    const ids = (words: string) => reader.ids(words, { as: member(1).userId });
    expect(await ids('harbour')).toEqual([account]);
    await begin('Phone');
    expect(await ids('harbour')).toEqual([]);
    expect(await ids('ring')).toEqual([account]);
  });

  it('refuses a record with a field that the file does not have', async () => {
    await begin('Name');
    await expect(world.write({ records: [record('Account', 1, { Fax: 'x' })] })).rejects.toThrow('Account.Fax');
  });

  it('an open backfill continues only with its own selection', async () => {
    const start = iso(START + starts);
    const schema = 'Name,Phone,Fax';
    const indexed = accountFields('Name', 'Phone', 'Fax');
    await world.begin(opening({ start, schema, indexed }));
    await expect(world.store.begin(world.fence, opening({ start, schema: 'Name', indexed }))).rejects.toThrow(
      SelectionChangedError,
    );
  });

  it('remembers which objects the selection narrowed until a backfill has ended', async () => {
    const at = (n: number) => iso(START + 100 + n);
    const unguarded = async () => (await world.store.state()).backfill?.unguarded;
    await world.begin(opening({ start: at(1), unguarded: ['Case'] }));
    expect(await unguarded()).toEqual(['Case']);
    await world.begin(opening({ start: at(2), unguarded: ['Account'] }));
    expect(await unguarded()).toEqual(['Account', 'Case']);
    await world.endBackfill();
    await world.begin(opening({ start: at(3) }));
    expect(await unguarded()).toEqual([]);
  });
}
