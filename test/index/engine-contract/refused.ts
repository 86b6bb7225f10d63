import { expect, it } from 'vitest';
import { DocumentsRefusedError } from '../../../src/index/port/errors.ts';
import { Claimed, changeOf, documentOf, FENCE, type NewEngine, queryOf, removalOf } from './setup.ts';

/** What happens to documents that the engine cannot store. */
export function refused(newEngine: NewEngine): void {
  const good = documentOf('Lead', 1, { Name: 'good' });
  const bad = documentOf('Lead', 2, { Name: 'bad' });
  const refuses: Parameters<NewEngine>[0] = ({ strings: { Name } }) => (Name === 'bad' ? 'TOO_BAD' : null);

  it('the error lists them, and all other changes are stored', async () => {
    const world = await Claimed.begin(newEngine, refuses);
    const other = documentOf('Lead', 3, { Name: 'other' });
    const error: unknown = await world.side
      .apply(FENCE, [changeOf(bad, 1), changeOf(good, 2), changeOf(other, 3)])
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DocumentsRefusedError);
    expect(error).toMatchObject({ refused: [{ id: bad.id, engineCode: 'TOO_BAD' }] });
    expect((error as Error).message).toContain('some documents (1 in all: TOO_BAD)');
    await world.side.refresh();
    expect(await world.found()).toEqual([other.id, good.id]);
  });

  it('what the engine had of the record remains until its next change', async () => {
    const world = await Claimed.begin(newEngine, refuses);
    await world.side.apply(FENCE, [changeOf({ ...bad, strings: { Name: 'before' } }, 1)]);
    await expect(world.side.apply(FENCE, [changeOf(bad, 2)])).rejects.toThrow(DocumentsRefusedError);
    await world.side.refresh();
    expect((await world.find(queryOf(''))).map(({ strings }) => strings.Name)).toEqual(['before']);
    await world.side.apply(FENCE, [removalOf(bad, 3)]);
    await world.side.apply(FENCE, [changeOf(bad, 2)]);
    await world.side.refresh();
    expect(await world.found()).toEqual([]);
  });
}
