import { EngineUnavailableError } from '../src/index/port/errors.ts';
import type { EngineAway } from '../workflows/contract.ts';

/** A restarted engine is back sooner. */
const FIRST_WAIT_MS = 30_000;

/** Returns what a run waits for whose activity failed with this error. Null: it does not wait for the engine. Pure. */
export function engineAway(error: unknown): EngineAway | null {
  return error instanceof EngineUnavailableError ? { why: error.facts, waitMs: FIRST_WAIT_MS } : null;
}
