import type { IndexLocation } from './location.ts';
import type { IndexLimits } from './port/limits.ts';
import { SQLITE_LIMITS } from './sqlite/engine/limits.ts';

const LIMITS: Readonly<Record<IndexLocation['engine'], IndexLimits>> = { sqlite: SQLITE_LIMITS };

/** Returns how much the index can hold, whether it exists or not. */
export function limitsOf({ engine }: IndexLocation): IndexLimits {
  return LIMITS[engine];
}
