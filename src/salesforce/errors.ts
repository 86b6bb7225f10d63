import type { LimitKind, SetupStep } from '../facts/failures.ts';
import { printable } from '../lib/printable.ts';

/**
 * Errors between the connector and the org, by cause. Each has a `hint` (what a person can do) and a `retry` decision;
 * code that catches one does not read its message. No error contains a request, a token, a secret or a record's data,
 * and none has a `cause`.
 */

/**
 * `give-up`: only a person can fix it. `wait`: a limit is used up, see `LimitError`. `again`: a retry may work soon.
 */
export type Retry = 'give-up' | 'wait' | 'again';

export interface ErrorFacts {
  readonly message: string;
  readonly hint: string;
  /** HTTP status of the reply; null or missing if there was none. */
  readonly status?: number | null;
  /** Salesforce's errorCode, or the token endpoint's `error`. */
  readonly errorCode?: string | null;
  /** The setup step that fixes it; null or missing if unknown. */
  readonly setupStep?: SetupStep | null;
}

/** Limits, because an org's reply can contain anything, at any length. */
const LONGEST_MESSAGE = 1_000;
const LONGEST_SUBJECT = 200;

/**
 * Returns an org's error code; null if there is none, or if it does not look like a code and could contain anything.
 */
export function plainCode(code: string | null | undefined): string | null {
  return typeof code === 'string' && /^\w{1,80}$/.test(code) ? code : null;
}

export abstract class SalesforceError extends Error {
  abstract readonly retry: Retry;
  readonly hint: string;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly setupStep: SetupStep | null;

  constructor(facts: ErrorFacts) {
    super(printable(facts.message.slice(0, LONGEST_MESSAGE)));
    this.hint = printable(facts.hint);
    this.status = facts.status ?? null;
    this.errorCode = plainCode(facts.errorCode);
    this.setupStep = facts.setupStep ?? null;
  }
}

/** The configuration is wrong: base_url is not the org's My Domain URL, or the org does not serve the API version. */
export class ConfigurationError extends SalesforceError {
  override name = 'ConfigurationError';
  override readonly retry: Retry = 'give-up';
}

/** The org issues no token, or none that it accepts. The hint names the setup step to fix. */
export class CredentialsError extends SalesforceError {
  override name = 'CredentialsError';
  override readonly retry: Retry = 'give-up';
}

/**
 * The org rejected a token that had worked. The client renews it once, so callers see this only for the second
 * rejection.
 */
export class ExpiredTokenError extends CredentialsError {
  override name = 'ExpiredTokenError';
}

/** A limit of the org is used up. */
export class LimitError extends SalesforceError {
  override name = 'LimitError';
  override readonly retry: Retry = 'wait';
  readonly limit: LimitKind;
  /** Wait before the next try, in milliseconds. */
  readonly waitMs: number;
  /** End of the wait, as an ISO time. */
  readonly until: string;

  constructor(facts: ErrorFacts & { readonly limit: LimitKind; readonly waitMs: number }) {
    super(facts);
    this.limit = facts.limit;
    this.waitMs = facts.waitMs;
    this.until = new Date(Date.now() + facts.waitMs).toISOString();
  }
}

/** The org cannot execute the request as written. */
export class RejectedQueryError extends SalesforceError {
  override name = 'RejectedQueryError';
  override readonly retry: Retry = 'give-up';
}

/** The integration user cannot see an object, a field or the API itself, or can no longer see it. */
export class LostAccessError extends SalesforceError {
  override name = 'LostAccessError';
  override readonly retry: Retry = 'give-up';
  /** What is not visible (`Account.Nope__c`, `AccountShare`), if the org says so. */
  readonly subject: string | null;

  constructor(facts: ErrorFacts & { readonly subject?: string | null }) {
    super(facts);
    this.subject = facts.subject == null ? null : printable(facts.subject.slice(0, LONGEST_SUBJECT));
  }
}

/**
 * What to repeat. `same-request`: that request. `same-range`: the query from its beginning, because its cursor is gone.
 * `smaller-range`: the reply took too long or was too large, so ask for less at once. `fewer-fields`: the same rows
 * with fewer fields per query; a smaller range would not help.
 */
export type Remedy = 'same-request' | 'same-range' | 'smaller-range' | 'fewer-fields';

/** A temporary failure: no connection, no readable answer, or a server that is unavailable. */
export class TransientError extends SalesforceError {
  override name = 'TransientError';
  override readonly retry: Retry = 'again';
  readonly remedy: Remedy;
  /** False if no connection to the org was made. Then the org has not counted a call. */
  readonly reached: boolean;

  constructor(facts: ErrorFacts & { readonly remedy?: Remedy; readonly reached?: boolean }) {
    super(facts);
    this.remedy = facts.remedy ?? 'same-request';
    this.reached = facts.reached ?? true;
  }
}

/** A query returned a different number of rows than it announced, so no conclusion can be drawn from it. */
export class IncompleteReadError extends TransientError {
  override name = 'IncompleteReadError';
  readonly expected: number;
  readonly received: number;

  constructor(expected: number, received: number, how = `returned ${received}`) {
    super({
      message: `a query announced ${expected} rows and ${how}`,
      hint: 'The same range is read again; none of it counts until the numbers agree.',
      remedy: 'same-range',
    });
    this.expected = expected;
    this.received = received;
  }
}
