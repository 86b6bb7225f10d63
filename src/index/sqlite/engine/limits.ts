import type { IndexLimits } from '../../port/limits.ts';

/** A table of SQLite has 2,000 columns, a few of which FTS5 and the principals take. */
export const SQLITE_LIMITS: IndexLimits = { fields: 1_900 };
