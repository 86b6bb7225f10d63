import { hash } from 'node:crypto';
import type { RecordFacts } from '../../access/types.ts';
import type { ObjectName } from '../../objects/index.ts';
import type { RecordWrite, Removal } from '../port/documents.ts';

/** Text by API field name. */
export type Strings = Readonly<Record<string, string>>;

/** What the store knows about a document or a tombstone, apart from its strings. */
export interface DocumentState {
  readonly id: string;
  /** False: a tombstone. */
  readonly live: boolean;
  readonly version: number;
  /** The version that its share rows must reach before they count as known. 0: they are known. */
  readonly sharesDue: number;
  /** See `stringsHash`. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly facts: RecordFacts;
  /** The store's numbers of its principals, ascending. */
  readonly principalNumbers: readonly number[];
}

/** The newest part of a document that a batch brings. Null: only share rows, or only its account's. */
export type Part = { readonly record: RecordWrite } | { readonly removal: Removal } | null;

/** Returns the version that another part must reach to be accepted. */
export function versionToReach(stored: DocumentState | null, part: Part): number {
  if (part === null) return stored?.version ?? Number.NEGATIVE_INFINITY;
  return 'record' in part ? part.record.version : part.removal.version;
}

/** Returns the owner that a batch gives a record. Null: it removes the record; undefined: it does not say. */
export function ownerIn(part: Part): string | null | undefined {
  if (part === null) return undefined;
  return 'record' in part ? part.record.ownerId : null;
}

function factsOf({ object, ownerId, accountId, isPrivate, isPersonAccount }: RecordWrite): RecordFacts {
  return { object, ownerId, accountId, isPrivate, isPersonAccount };
}

/** Returns what remains of a removed document: its version, so that an older page cannot bring it back. */
export function tombstone(id: string, object: ObjectName, version: number): DocumentState {
  return {
    id,
    live: false,
    version,
    sharesDue: 0,
    hash: '',
    modified: 0,
    facts: { object, ownerId: null, accountId: null, isPrivate: false, isPersonAccount: false },
    principalNumbers: [],
  };
}

/**
 * Returns the document that a record makes. A new or restored document, or one with another owner or account, waits
 * for share rows that are as new as the record.
 */
export function written(record: RecordWrite, live: DocumentState | null): DocumentState {
  const facts = factsOf(record);
  const isMoved = live === null || live.facts.ownerId !== facts.ownerId || live.facts.accountId !== facts.accountId;
  return {
    id: record.id,
    live: true,
    version: record.version,
    sharesDue: isMoved ? record.version : live.sharesDue,
    hash: record.prepared?.hash ?? stringsHash(record.id, record.fields),
    modified: Date.parse(record.modified),
    facts,
    principalNumbers: live?.principalNumbers ?? [],
  };
}

/** Returns the document once its share rows have that version. Null: none are known. */
export function withShares<State extends DocumentState>(state: State, shareVersion: number | null): State {
  return (shareVersion ?? 0) >= state.sharesDue ? { ...state, sharesDue: 0 } : state;
}

/** How a document differs from what the store has, as `WriteResult` counts it. */
export type Difference = 'added' | 'changed' | 'renewed';

/** Compares a live document with what it becomes. Null: the store has no live document. */
export function differenceOf(live: DocumentState | null, next: DocumentState): Difference {
  if (live === null) return 'added';
  return live.hash === next.hash && isSameList(live.principalNumbers, next.principalNumbers) ? 'renewed' : 'changed';
}

/** Reports whether owner and account, which searches filter by, are the same. */
export function isFilteredAlike(one: DocumentState, other: DocumentState): boolean {
  return one.facts.ownerId === other.facts.ownerId && one.facts.accountId === other.facts.accountId;
}

/** Returns the length of all strings together. */
export function charactersOf(strings: Strings): number {
  let characters = 0;
  for (const text of Object.values(strings)) characters += text.length;
  return characters;
}

/**
 * Returns a short hash of a document's id (which implies its object) and strings. The order of the fields does not
 * matter.
 */
export function stringsHash(id: string, fields: Strings): string {
  const entries = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  return hash('sha256', JSON.stringify([id, entries]), 'base64').slice(0, 22);
}

function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}
