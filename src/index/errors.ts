import { selectionChangesText } from '../sentences/selection-changes.ts';
import type { SelectionChange } from '../sync/selection-changes.ts';

/** The index's own errors, by cause. Each message says what to do. */

/** A newer run has written: this writer's run is over. */
export class StaleRunError extends Error {
  override name = 'StaleRunError';
}

/** A run number, or the start of a backfill, that the index was not told when it admitted a run. */
export class NotAdmittedError extends Error {
  override name = 'NotAdmittedError';

  /** @param what what was asked for, as a clause: `run 7 was never admitted to it` */
  constructor(what: string) {
    super(
      `The index refused to write: ${what}. Nothing was changed. ` +
        'Either the index was restored from a copy while the run was at work, or something other than the Schedule started this run. The next run starts over.',
    );
  }
}

/** A sweep, or the end of a complete backfill, that the index knows to be too early. */
export class BackfillUnreadError extends Error {
  override name = 'BackfillUnreadError';

  /** @param what why, as a clause: `Lead is not read to its end` */
  constructor(what: string) {
    super(
      `The index refused to end the complete backfill: ${what}. Nothing was removed. ` +
        'Either the index was restored from a copy while the run was at work, or something other than the Schedule started this run. The next run starts over.',
    );
  }
}

/** The index holds times that lie after the org's clock: the org's clock was ahead for a while, and was set back. */
export class ClockSetBackError extends Error {
  override name = 'ClockSetBackError';

  /**
   * @param latest the latest time that the index holds, ISO
   * @param now the org's clock, ISO
   */
  constructor(latest: string, now: string) {
    super(
      `The index holds versions up to ${latest}, but the org's clock says ${now}: what was read now counts as outdated, and was left out. ` +
        "The org's clock was set back while the run was at work. The next run brings the index back to the org's clock, and is a complete backfill.",
    );
  }
}

/** The index is not the one that the run began with (deleted, replaced, restored). */
export class IndexReplacedError extends Error {
  override name = 'IndexReplacedError';
}

/** Where nothing is known of what has changed. */
const UNKNOWN = 'the config file, or what the integration user sees';

/** What is to be indexed is not what the run began with. */
export class SelectionChangedError extends Error {
  override name = 'SelectionChangedError';

  readonly changes: readonly SelectionChange[];

  /** @param changes what is known of it; none: only that something has changed */
  constructor(changes: readonly SelectionChange[] = []) {
    const known = changes.length === 0 ? UNKNOWN : selectionChangesText(changes);
    super(`What is indexed has changed since the run began (${known}). The next run is a complete backfill.`);
    this.changes = changes;
  }
}

/** The index belongs to another Salesforce organization. */
export class OrganizationChangedError extends Error {
  override name = 'OrganizationChangedError';
}

/** A newer membership generation is current already. */
export class StaleMembershipError extends Error {
  override name = 'StaleMembershipError';
}

/** The index file cannot be opened, read or written (rights, disk, damage, not an index). */
export class IndexUnavailableError extends Error {
  override name = 'IndexUnavailableError';
  /** The same may work soon, by itself: a disk that is full, a file that another process holds. */
  readonly mayPass: boolean;
  /** What stands in the file is not what was written: only another file helps. */
  readonly isDamaged: boolean;
  /** The engine's code: `SQLITE_FULL`; null: it was not the engine that found it. */
  readonly engineCode: string | null;

  constructor(
    message: string,
    {
      mayPass = false,
      isDamaged = false,
      engineCode = null,
    }: { mayPass?: boolean; isDamaged?: boolean; engineCode?: string | null } = {},
  ) {
    super(message);
    this.mayPass = mayPass;
    this.isDamaged = isDamaged;
    this.engineCode = engineCode;
  }
}

/** Why a search as somebody is refused. `unresolved`: what the user may read is not known for now. */
export type NotServed = 'unknown' | 'ambiguous' | 'inactive' | 'frozen' | 'unresolved';

/** The named user is unknown, ambiguous, inactive or frozen. */
export class UserNotServedError extends Error {
  override name = 'UserNotServedError';
  readonly code: NotServed;

  constructor(message: string, code: NotServed) {
    super(message);
    this.code = code;
  }
}

/** No search is answered now: nothing is indexed yet, or another org was met under the index. */
export class SearchRefusedError extends Error {
  override name = 'SearchRefusedError';
}

/** A page was asked for by a cursor of another search, or by what is none. */
export class CursorRefusedError extends Error {
  override name = 'CursorRefusedError';
}
