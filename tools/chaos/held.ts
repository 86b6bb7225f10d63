import { openIndexReader, openRunStore, UserNotServedError } from '../../src/index/open.ts';
import type { IndexHealth, IndexState } from '../../src/index/port/state.ts';
import type { ObjectName } from '../../src/objects/index.ts';
import type { World } from './world.ts';

/** What the index contains while workers are working. */

export async function indexState({ config }: Pick<World, 'config'>): Promise<IndexState & IndexHealth> {
  const store = await openRunStore({ index: config.index, create: false });
  try {
    return { ...(await store.state()), ...(await store.health()) };
  } finally {
    await store.close();
  }
}

/** Reports whether the first user who may read the record finds it by the word. True if nobody may read it. */
export async function foundBySomeone(
  { org, config }: Pick<World, 'org' | 'config'>,
  { object, id, word }: { readonly object: ObjectName; readonly id: string; readonly word: string },
): Promise<boolean> {
  const index = await openIndexReader({ index: config.index });
  try {
    for (const user of (await org.rows('User')).filter((row) => row.IsActive === true)) {
      const as = String(user.Id);
      if (!(await org.readable(as, object)).includes(id)) continue;
      try {
        return (await index.ids(word, { as })).includes(id);
      } catch (error) {
        // The user is frozen.
        if (!(error instanceof UserNotServedError)) throw error;
      }
    }
    return true;
  } finally {
    await index.close();
  }
}
