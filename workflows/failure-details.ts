import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { FailureDetails } from './activity-contract.ts';

/** Returns the details of an activity's failure of that type, unchecked. Null: the error is another one. */
export function detailsOf(error: unknown, type: string): Readonly<Partial<FailureDetails>> | null {
  if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) return null;
  const [details] = error.cause.details ?? [];
  return error.cause.type === type && typeof details === 'object' && details !== null ? details : null;
}
