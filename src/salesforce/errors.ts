import { printable } from '../printable.ts';

/**
 * What can go wrong between the connector and the org, by cause. Each error has a `hint` (what a person does about it)
 * and a `retry` decision; nothing that catches one reads its message. No error carries a request, a token, a secret or
 * what a record holds, and none has a `cause`.
 */

/** `give-up`: only a person can mend it. `wait`: a limit is used up, see `LimitError`. `again`: the same may work soon. */
export type Retry = 'give-up' | 'wait' | 'again';

/**
 * The steps of the External Client App's setup. `credentials`: what goes into the config file, and the My Domain URL;
 * `policies`: who may sign in. src/check/steps.ts has their words.
 */
export type SetupStep = 'app' | 'oauth' | 'flow' | 'policies' | 'permission-set' | 'credentials';

export interface ErrorFacts {
  readonly message: string;
  readonly hint: string;
  /** HTTP status of the reply; null or left out: there was none. */
  readonly status?: number | null;
  /** Salesforce's errorCode, or the token endpoint's `error`. */
  readonly errorCode?: string | null;
  /** The step of the setup that mends it; null or left out: none is known. */
  readonly setupStep?: SetupStep | null;
}

/** An org's reply may say anything, at any length. */
const LONGEST_MESSAGE = 1_000;
const LONGEST_SUBJECT = 200;

/** An org's error code; null: there is none, or it is no code and may carry anything. */
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

/** The configuration is wrong: base_url is not the org's My Domain URL, or the API version is not served. */
export class ConfigurationError extends SalesforceError {
  override name = 'ConfigurationError';
  override readonly retry: Retry = 'give-up';
}

/** The org gives no token, or no token that it accepts. The hint names the step of the setup to mend. */
export class CredentialsError extends SalesforceError {
  override name = 'CredentialsError';
  override readonly retry: Retry = 'give-up';
}

/** The org rejected a token that was good before: the client renews it once, and only a second one is seen outside. */
export class ExpiredTokenError extends CredentialsError {
  override name = 'ExpiredTokenError';
}

/** `daily`: API requests of the last 24 hours. `concurrent`: requests at this moment. `login`: token requests. */
export type LimitKind = 'daily' | 'concurrent' | 'login';

/** A limit of the org is used up. */
export class LimitError extends SalesforceError {
  override name = 'LimitError';
  override readonly retry: Retry = 'wait';
  readonly limit: LimitKind;
  /** How long to wait before the next try, in milliseconds. */
  readonly waitMs: number;
  /** The same as an ISO time. */
  readonly until: string;

  constructor(facts: ErrorFacts & { readonly limit: LimitKind; readonly waitMs: number }) {
    super(facts);
    this.limit = facts.limit;
    this.waitMs = facts.waitMs;
    this.until = new Date(Date.now() + facts.waitMs).toISOString();
  }
}

/** The org cannot execute the request as it is written. */
export class RejectedQueryError extends SalesforceError {
  override name = 'RejectedQueryError';
  override readonly retry: Retry = 'give-up';
}

/** An object, a field or the API itself is not (or no longer) visible to the integration user. */
export class LostAccessError extends SalesforceError {
  override name = 'LostAccessError';
  override readonly retry: Retry = 'give-up';
  /** What is not visible (`Account.Nope__c`, `AccountShare`), where the org says so. */
  readonly subject: string | null;

  constructor(facts: ErrorFacts & { readonly subject?: string | null }) {
    super(facts);
    this.subject = facts.subject == null ? null : printable(facts.subject.slice(0, LONGEST_SUBJECT));
  }
}

/**
 * What to repeat. `same-request`: that request. `same-range`: the query from its beginning, its cursor is gone.
 * `smaller-range`: the reply took too long or was too large; ask for less at once. `fewer-fields`: the same rows, with
 * fewer fields in one query; a smaller range would not help.
 */
export type Remedy = 'same-request' | 'same-range' | 'smaller-range' | 'fewer-fields';

/** Something that passes: no connection, no readable answer, a server that is not available. */
export class TransientError extends SalesforceError {
  override name = 'TransientError';
  override readonly retry: Retry = 'again';
  readonly remedy: Remedy;
  /** False where no connection to the org could be made: then the org has not counted a call. */
  readonly reached: boolean;

  constructor(facts: ErrorFacts & { readonly remedy?: Remedy; readonly reached?: boolean }) {
    super(facts);
    this.remedy = facts.remedy ?? 'same-request';
    this.reached = facts.reached ?? true;
  }
}

/** A query returned other than the number of rows that it announced: nothing may be concluded from it. */
export class IncompleteReadError extends TransientError {
  override name = 'IncompleteReadError';
  readonly expected: number;
  readonly received: number;

  constructor(expected: number, received: number, how = `returned ${received}`) {
    super({
      message: `a query announced ${expected} rows and ${how}`,
      hint: 'The same range is read again; nothing of it counts until the numbers agree.',
      remedy: 'same-range',
    });
    this.expected = expected;
    this.received = received;
  }
}
