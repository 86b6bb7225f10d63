// A module loader that plants a bug into a worker. The harness must find it.
import type { LoadHook } from 'node:module';

interface Bug {
  /** The end of the module's URL. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A part of the names of the faults that find it. */
  readonly foundBy: string;
}

const SLICE_READ = 'let { cursor, done } = found;';
const CHANGES_READ = 'const streams = pass?.streams ??';

export const BUGS: Readonly<Record<string, Bug>> = {
  /** The position after a slice's records is committed before the records. */
  'checkpoint-before-commit': {
    file: '/src/sync/slice-pieces.js',
    from: SLICE_READ,
    to: `${SLICE_READ}
      await input.store.write(input.fence, { position: { object, position: { cursor, done, recordsRead: from.recordsRead + read } } });`,
    foundBy: 'before commit in backfillSlice',
  },
  /** While one table is refused, no other is read. */
  'refused-table-stops-all': {
    file: '/src/sync/changes.js',
    from: CHANGES_READ,
    to: `${CHANGES_READ} (state.blocked.length > 0 ? [] : null) ??`,
    foundBy: 'table refused',
  },
};

let bug: Bug | undefined;

export function initialize(name: string): void {
  bug = BUGS[name];
}

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (bug === undefined || !url.endsWith(bug.file)) return loaded;
  const source = String(loaded.source);
  if (!source.includes(bug.from)) throw new Error(`The bug no longer fits ${bug.file}: fix tools/chaos/bugs.ts.`);
  return { ...loaded, source: source.replace(bug.from, bug.to) };
};
