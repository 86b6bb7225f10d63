import type { LimitKind, SetupStep } from '../salesforce/errors.ts';
import type { SelectionChange } from '../sync/selection-changes.ts';

/** Why a run, or one of its activities, failed; the error's message stands beside it. */
export interface FailureFacts {
  /** The type of the failure as Temporal shows it (`LimitError`), or a closer one (`credential_missing`). */
  readonly code: string;
  /** Of Salesforce's reply: its errorCode, and its HTTP status. Left out: there was none. */
  readonly errorCode?: string;
  readonly status?: number;
  /** The step of the setup that corrects it. */
  readonly setupStep?: SetupStep;
  /** Of the index's engine: `SQLITE_FULL`. */
  readonly engineCode?: string;
  /** Which of the org's limits is used up. */
  readonly limit?: LimitKind;
  /** How what is to be indexed has changed since the run began. */
  readonly changes?: readonly SelectionChange[];
  /** What the integration user no longer sees. */
  readonly subject?: string;
}
