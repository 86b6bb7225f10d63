import type { SchemaChange } from './schema-changes.ts';

/** Why a run, or one of its activities, failed. Stored beside the error's message. */
export interface FailureFacts {
  /** The failure's type in Temporal (`LimitError`), or a more specific one (`credential_missing`). */
  readonly code: string;
  /** The errorCode and the HTTP status of Salesforce's reply. Left out: there was no reply. */
  readonly errorCode?: string;
  readonly status?: number;
  /** The setup step that fixes it. */
  readonly setupStep?: SetupStep;
  /** The index engine's own code. */
  readonly engineCode?: string;
  /** The org's limit that is used up. */
  readonly limit?: LimitKind;
  /** How the config or visibility changed what is indexed since the run began. */
  readonly changes?: readonly SchemaChange[];
  /** What the integration user can no longer see. */
  readonly subject?: string;
}

/**
 * The steps of the External Client App's setup. `credentials`: the values for the config file, and the My Domain URL.
 * `policies`: who may sign in. src/check/steps.ts has their texts.
 */
export type SetupStep = 'app' | 'oauth' | 'flow' | 'policies' | 'permission-set' | 'credentials';

/** `daily`: API requests in the last 24 hours. `concurrent`: requests at the same time. `login`: token requests. */
export type LimitKind = 'daily' | 'concurrent' | 'login';
