import type { ObjectName } from '../objects/index.ts';
import type { CoverageGap } from './coverage-gaps.ts';
import type { EngineTrouble } from './engine.ts';
import type { FailureFacts } from './failures.ts';
import type { Stream } from './warnings.ts';

/** A default field or a title that people rely on, but that is not in the index. */
export interface LostField {
  readonly object: ObjectName;
  readonly field: string;
  /** `hidden`: the integration user does not see it. `no_room`: the index has no room for more fields. */
  readonly cause: 'hidden' | 'no_room';
}

/** A problem. `problemText` describes it. */
export type Problem =
  /** The run in progress makes no progress. */
  | {
      readonly code: 'no_progress';
      readonly seconds: number;
      /** What the run retries. */
      readonly trouble: string | null;
      readonly isPolled: boolean;
    }
  | { readonly code: 'index_gone' }
  /** The run in progress waits for the search engine. See `EngineFacts`. */
  | {
      readonly code: 'engine_unavailable';
      readonly reason: EngineTrouble;
      readonly address: string;
      readonly engineCode: string | null;
      /** ISO. */
      readonly since: string;
    }
  /** The connection's runs write to this other index. */
  | { readonly code: 'other_home'; readonly host: string; readonly path: string }
  /** The error's message. */
  | { readonly code: 'index_damaged'; readonly message: string }
  /** The coverage gap, and its line in `closed`. */
  | { readonly code: 'nobody_finds'; readonly line: string; readonly gap: CoverageGap | null }
  /** Why: the message, and the same as a value. Null: an older worker or Temporal itself gave only a text. */
  | { readonly code: 'run_failed'; readonly message: string; readonly error: FailureFacts | null }
  /** No run has brought new data for this many ticks. */
  | { readonly code: 'not_fresh'; readonly ticks: number; readonly paused: boolean; readonly isPolled: boolean }
  /** No worker polls. Null: none was ever seen. */
  | { readonly code: 'no_worker'; readonly seconds: number | null }
  | { readonly code: 'refilling' }
  /** The org refuses the stream, so documents of these objects may be stale since then. */
  | {
      readonly code: 'stream_blocked';
      readonly stream: Stream;
      readonly since: string;
      readonly message: string;
      readonly objects: readonly ObjectName[];
    }
  /** Nobody can search or see these fields. */
  | { readonly code: 'fields_lost'; readonly fields: readonly LostField[] }
  | { readonly code: 'sweep_stopped'; readonly objects: readonly ObjectName[] }
  /** The integration user can no longer see all of these objects. */
  | { readonly code: 'may_be_stale'; readonly objects: readonly ObjectName[] }
  | { readonly code: 'may_be_missed'; readonly objects: readonly ObjectName[] }
  /** Temporal does not answer, so nothing else is known. The code that asks Temporal finds this, not `problems`. */
  | { readonly code: 'no_temporal'; readonly seconds: number };

export type ProblemCode = Problem['code'];

export const PROBLEM_CODES: readonly ProblemCode[] = [
  'no_progress',
  'engine_unavailable',
  'index_gone',
  'index_damaged',
  'other_home',
  'nobody_finds',
  'run_failed',
  'not_fresh',
  'no_temporal',
  'no_worker',
  'refilling',
  'stream_blocked',
  'fields_lost',
  'sweep_stopped',
  'may_be_stale',
  'may_be_missed',
];
