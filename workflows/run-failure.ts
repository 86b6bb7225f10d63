import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { FailureFacts } from '../src/facts/failures.ts';
import { coded, type Form } from './form.ts';

/** Why a run could not go on. */
export interface RunFailure {
  /** What a person needs, without Temporal's wrapping. */
  readonly message: string;
  /** Null: it was cancelled. */
  readonly error: FailureFacts | null;
}

/** The innermost cause of what a run threw. */
export function runFailure(error: unknown): RunFailure {
  if (isCancellation(error))
    return { message: 'cancelled on request; the next run goes on from the last checkpoint', error: null };
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const message = inner instanceof Error ? inner.message : String(inner);
  return { message, error: factsOf(inner) };
}

const isFailure: Form<FailureFacts> = coded();

/** As the activity told them; an activity of an older worker, and Temporal itself, give a type or a name alone. */
function factsOf(error: unknown): FailureFacts {
  if (!(error instanceof ApplicationFailure)) return { code: error instanceof Error ? error.name : 'Unknown' };
  const [details] = error.details ?? [];
  const told = typeof details === 'object' && details !== null && 'error' in details ? details.error : null;
  if (isFailure(told)) return told;
  return { code: error.type ?? error.name };
}
