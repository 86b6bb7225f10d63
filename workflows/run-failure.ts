import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { FailureFacts } from '../src/facts/failures.ts';
import { coded, type Form } from './form.ts';

/** Why a run could not continue. */
export interface RunFailure {
  /** The message for a person, without Temporal's wrapping. */
  readonly message: string;
  /** Null: it was cancelled. */
  readonly error: FailureFacts | null;
}

/** Returns the innermost cause of a run's error. */
export function runFailure(error: unknown): RunFailure {
  if (isCancellation(error))
    return { message: 'cancelled on request; the next run resumes at the last checkpoint', error: null };
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const message = inner instanceof Error ? inner.message : String(inner);
  return { message, error: failureFactsOf(inner) };
}

const isFailure: Form<FailureFacts> = coded();

/**
 * Returns the facts from the activity. An activity of an older worker, and Temporal itself, give only a type or a name.
 */
function failureFactsOf(error: unknown): FailureFacts {
  if (!(error instanceof ApplicationFailure)) return { code: error instanceof Error ? error.name : 'Unknown' };
  const [details] = error.details ?? [];
  const told = typeof details === 'object' && details !== null && 'error' in details ? details.error : null;
  if (isFailure(told)) return told;
  return { code: error.type ?? error.name };
}
