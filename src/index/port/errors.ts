import type { EngineFacts, EngineTrouble } from '../../facts/engine.ts';
import type { SchemaChange } from '../../facts/schema-changes.ts';
import { engineRemedy, engineText } from '../../sentences/engine.ts';
import { schemaChangesText } from '../../sentences/schema-changes.ts';

/** The index's own errors, by cause. Each message says what to do. */

/** A later run has written, so this run is over. */
export class StaleRunError extends Error {
  override name = 'StaleRunError';
}

/** A run number or a backfill start that the index did not admit. */
export class NotAdmittedError extends Error {
  override name = 'NotAdmittedError';

  /** @param what the refused request, as a clause: `run 7 was never admitted to it` */
  constructor(what: string) {
    super(
      `The index refused the write: ${what}. Nothing was changed. ` +
        'Either the index was restored from a copy during the run, or something other than the Schedule started this run. The next run starts over.',
    );
  }
}

/** A sweep, or the end of a complete backfill, that came too early according to the index. */
export class BackfillUnreadError extends Error {
  override name = 'BackfillUnreadError';

  /** @param what why, as a clause: `Lead has not been read completely` */
  constructor(what: string) {
    super(
      `The index refused to end the complete backfill: ${what}. Nothing was removed. ` +
        'Either the index was restored from a copy during the run, or something other than the Schedule started this run. The next run starts over.',
    );
  }
}

/** The index has times after the org's clock: the clock was ahead for a while, and was set back. */
export class ClockSetBackError extends Error {
  override name = 'ClockSetBackError';

  /**
   * @param latest the latest time in the index, ISO
   * @param now the org's clock, ISO
   */
  constructor(latest: string, now: string) {
    super(
      `The index has versions up to ${latest}, but the org's clock says ${now}. What this run read counts as outdated, so it was skipped. ` +
        "The org's clock was set back during the run. The next run sets the index back to the org's clock and is a complete backfill.",
    );
  }
}

/** The index is not the one that the run began with. It was deleted, replaced or restored. */
export class IndexReplacedError extends Error {
  override name = 'IndexReplacedError';
}

/** Used if nothing is known about what changed. */
const UNKNOWN = 'the config file, or what the integration user can see';

/** What the config and visibility select differs from what the run began with. */
export class SelectionChangedError extends Error {
  override name = 'SelectionChangedError';

  readonly changes: readonly SchemaChange[];

  /** @param changes the known changes; empty: something changed, but it is not known what */
  constructor(changes: readonly SchemaChange[] = []) {
    const known = changes.length === 0 ? UNKNOWN : schemaChangesText(changes);
    super(`What is indexed has changed since the run began (${known}). The next run is a complete backfill.`);
    this.changes = changes;
  }
}

/** The index belongs to another Salesforce organization. */
export class OrganizationChangedError extends Error {
  override name = 'OrganizationChangedError';
}

/** A newer membership generation is already current. */
export class StaleMembershipError extends Error {
  override name = 'StaleMembershipError';
}

/** The index file cannot be opened, read or written (rights, disk, damage, not an index). */
export class IndexUnavailableError extends Error {
  override name = 'IndexUnavailableError';
  /** A retry may succeed soon: a full disk, or a file that another process has locked. */
  readonly mayPass: boolean;
  /** The content of the file is not what was written. Only another file helps. */
  readonly isDamaged: boolean;
  /** The engine's code, such as `SQLITE_FULL`. Null: the engine did not report the error. */
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

/**
 * The search engine takes no changes for now, or does not answer. A run that gets it waits, for days if need be, and
 * then repeats the call. Nothing is lost in the meantime.
 */
export class EngineUnavailableError extends IndexUnavailableError {
  override name = 'EngineUnavailableError';
  readonly reason: EngineTrouble;
  readonly address: string;

  /**
   * @param address the engine's, without credentials
   * @param engineCode what the engine, its proxy or the network calls it: `cluster_block_exception`, `ECONNREFUSED`
   */
  constructor(reason: EngineTrouble, address: string, engineCode: string | null = null) {
    const text = engineText({ code: 'engine_unavailable', reason, address, engineCode });
    super(`${text.charAt(0).toUpperCase()}${text.slice(1)}. ${engineRemedy(reason)}`, { mayPass: true, engineCode });
    this.reason = reason;
    this.address = address;
  }

  /** The error as a value, for what is stored beside its message. */
  get facts(): EngineFacts {
    const { reason, address, engineCode } = this;
    return { code: 'engine_unavailable', reason, address, engineCode };
  }
}

/** A document that the search engine cannot store, and the engine's code for the reason. */
export interface RefusedDocument {
  readonly id: string;
  readonly engineCode: string;
}

/** The search engine cannot store these documents because of their content. It stored all other changes of the call. */
export class DocumentsRefusedError extends Error {
  override name = 'DocumentsRefusedError';
  readonly refused: readonly RefusedDocument[];

  constructor(refused: readonly RefusedDocument[]) {
    const codes = [...new Set(refused.map(({ engineCode }) => engineCode))].join(', ');
    super(
      `The search engine cannot store some documents (${refused.length} in all: ${codes}). It stored all others. ` +
        'Remove their records from the index, and list them as unindexed.',
    );
    this.refused = refused;
  }
}

/** Why a search as a user is refused. `unresolved`: what the user may read is not known at the moment. */
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

/** Searches are refused now: nothing is indexed yet, or another org answered for this index. */
export class SearchRefusedError extends Error {
  override name = 'SearchRefusedError';
}

/** Another engine searches, and this machine lacks the run store that the question needs. */
export class RunStoreMissingError extends SearchRefusedError {
  override name = 'RunStoreMissingError';
}

/** The cursor belongs to another search, or is not a cursor. */
export class CursorRefusedError extends Error {
  override name = 'CursorRefusedError';
}
