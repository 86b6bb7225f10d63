import { openIndexReader, UserNotServedError } from '../../src/index/open.ts';
import { OBJECT_NAMES, STANDARD_FIELDS } from '../../src/objects/index.ts';
import { indexState } from './held.ts';
import type { World } from './world.ts';

/** How the index differs from the org, one line per difference. All empty: they are equal. */
export interface Verdict {
  /** Records that a user may read but cannot find, and texts that are not the record's. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Records that a user finds but may not read. */
  readonly leaked: readonly string[];
}

/** Reports whether the text is the value, or a picklist's label followed by the value. */
function shows(text: string, value: string): boolean {
  return text === value || (value !== '' && text.endsWith(` (${value})`));
}

/**
 * Compares with the org what every user finds, what the documents contain, and what Temporal and the index know about
 * the runs.
 */
export async function verdictOf(world: World): Promise<Verdict> {
  const { org, config, runs } = world;
  const lost: string[] = [];
  const twice: string[] = [];
  const leaked: string[] = [];
  const frozen = new Set((await org.rows('UserLogin')).filter((row) => row.IsFrozen === true).map((row) => row.UserId));
  const index = await openIndexReader({ index: config.index });
  try {
    let widest = { as: '', count: -1 };
    for (const user of (await org.rows('User')).filter((row) => row.IsActive === true)) {
      const as = String(user.Id);
      const found = await index.ids('', { as }).catch((error: unknown) => {
        if (error instanceof UserNotServedError && frozen.has(as)) return null;
        throw error;
      });
      if (found === null) continue;
      const readable = new Set((await Promise.all(OBJECT_NAMES.map((name) => org.readable(as, name)))).flat());
      const unique = new Set(found);
      if (unique.size < found.length) twice.push(`${user.Username} finds ${found.length - unique.size} records twice`);
      for (const id of readable) if (!unique.has(id)) lost.push(`${user.Username} does not find ${id}`);
      for (const id of unique) if (!readable.has(id)) leaked.push(`${user.Username} finds ${id}`);
      if (unique.size > widest.count) widest = { as, count: unique.size };
    }
    for (const object of OBJECT_NAMES) {
      const rows = new Map((await org.rows(object)).map((row) => [row.Id, row]));
      const { hits } = await index.search('', { as: widest.as, types: [object], limit: 200 });
      for (const { id, fields } of hits)
        for (const field of STANDARD_FIELDS.fields[object]) {
          const text = rows.get(id)?.[field];
          if (fields[field] !== undefined && !shows(fields[field], String(text ?? '')))
            lost.push(`${id} has a different ${field} from the org`);
        }
    }
  } finally {
    await index.close();
  }
  const [state, held] = [await runs.state(), await indexState(world)];
  if (state.runNumber !== held.highestRun)
    lost.push(`Temporal counts ${state.runNumber} runs, the index ${held.highestRun}`);
  for (const object of OBJECT_NAMES)
    if (state.watermarks[object] !== held.watermarks[object])
      lost.push(
        `the watermark of ${object} is ${state.watermarks[object]} in Temporal, ${held.watermarks[object]} in the index`,
      );
  for (const { object, since } of held.stale) lost.push(`${object} is reported stale since ${since}`);
  for (const object of held.missed) lost.push(`no backfill has read what may have been missed of ${object}`);
  const numbers = state.recentRuns.map(({ run }) => run);
  if (new Set(numbers).size < numbers.length) twice.push(`two runs have one number: ${numbers.join(', ')}`);
  if (state.openRun !== null) lost.push(`run ${state.openRun.plan.run} is still open in Temporal`);
  return { lost, twice, leaked };
}
