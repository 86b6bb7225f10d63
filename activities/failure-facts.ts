import { UserError } from '../src/errors.ts';
import type { FailureFacts } from '../src/facts/failures.ts';
import { IndexUnavailableError, SelectionChangedError } from '../src/index/port/errors.ts';
import { LimitError, LostAccessError, SalesforceError } from '../src/salesforce/errors.ts';

/** Returns what is stored of an error beside its message. Pure. */
export function failureFacts(error: Error): FailureFacts {
  if (error instanceof UserError) return { code: error.code };
  if (error instanceof IndexUnavailableError && error.engineCode !== null)
    return { code: error.name, engineCode: error.engineCode };
  if (error instanceof SelectionChangedError && error.changes.length > 0)
    return { code: error.name, changes: error.changes };
  if (!(error instanceof SalesforceError)) return { code: error.name };
  const { errorCode, status, setupStep } = error;
  return {
    code: error.name,
    ...(errorCode === null ? {} : { errorCode }),
    ...(status === null ? {} : { status }),
    ...(setupStep === null ? {} : { setupStep }),
    ...(error instanceof LimitError ? { limit: error.limit } : {}),
    ...(error instanceof LostAccessError && error.subject !== null ? { subject: error.subject } : {}),
  };
}
