/** The index's own errors, by cause. Each message says what to do. */

/** A newer run has written: this writer's run is over. */
export class StaleRunError extends Error {
  override name = 'StaleRunError';
}

/** The index is not the one that the run began with (deleted, replaced, restored). */
export class IndexReplacedError extends Error {
  override name = 'IndexReplacedError';
}

/** What is to be indexed is not what the run began with. */
export class SelectionChangedError extends Error {
  override name = 'SelectionChangedError';

  /** @param change what is known of it: `Account loses Region__c` */
  constructor(change = 'the config file, or what the integration user sees') {
    super(`What is indexed has changed since the run began (${change}). The next run is a complete backfill.`);
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

/** The index file cannot be opened, read or written (rights, disk, not an index). */
export class IndexUnavailableError extends Error {
  override name = 'IndexUnavailableError';
  /** The same may work soon, by itself: a disk that is full, a file that another process holds. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass = false }: { mayPass?: boolean } = {}) {
    super(message);
    this.mayPass = mayPass;
  }
}

/** The named user is unknown, ambiguous, inactive or frozen. */
export class UserNotServedError extends Error {
  override name = 'UserNotServedError';
}

/** No search is answered now: nothing is indexed yet, or another org was met under the index. */
export class SearchRefusedError extends Error {
  override name = 'SearchRefusedError';
}

/** A page was asked for by a cursor of another search, or by what is none. */
export class CursorRefusedError extends Error {
  override name = 'CursorRefusedError';
}
