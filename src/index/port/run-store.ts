import type { IndexLocation } from '../location.ts';
import type { Admissions } from './admission.ts';
import type { Backfills } from './backfill.ts';
import type { Documents } from './documents.ts';
import type { ShareLedger } from './ledger.ts';
import type { MembershipStore } from './membership.ts';
import type { ProgressNotes } from './progress.ts';
import type { StateReader } from './state.ts';
import type { VisibilityNotes } from './visibility.ts';

/**
 * The run store: the side of the index that runs use.
 *
 * A version is a time in milliseconds since 1970, on the org's clock. It is taken just before the first request of the
 * query that read the data. Ids have 18 characters and are case-sensitive. Each promise is written beside its method.
 */
export interface RunStore
  extends Admissions,
    StateReader,
    Backfills,
    ProgressNotes,
    VisibilityNotes,
    Documents,
    ShareLedger,
    MembershipStore {
  close(): Promise<void>;
}

/** Opens the run store of an index. */
export type OpenRunStore = (options: {
  readonly index: IndexLocation;
  /** Create a missing index. Otherwise it is an `IndexReplacedError`. */
  readonly create: boolean;
  readonly notice?: (message: string) => void;
}) => Promise<RunStore>;
