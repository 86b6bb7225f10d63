import { randomBytes } from 'node:crypto';
import {
  DocumentsRefusedError,
  IndexReplacedError,
  NotAdmittedError,
  SearchRefusedError,
  StaleRunError,
} from '../../../src/index/port/errors.ts';
import type {
  DocumentChange,
  EngineDocument,
  EngineFence,
  EngineSettings,
  EngineView,
  PublishedMembership,
  SearchEngine,
  StoreSequences,
} from '../../../src/index/port/search-engine.ts';
import { fieldLists } from '../../../src/objects/index.ts';
import { Documents, keepingOnly } from './documents.ts';
import { Membership } from './membership.ts';
import { MemoryView, type State } from './view.ts';

/** The content of one store. */
interface Content {
  readonly storeId: string;
  readonly documents: Documents;
  /** It does not match its store: one of the two was restored from a copy. */
  isForeign: boolean;
  /** The highest sequence of settings or of a membership. */
  acknowledged: number;
  /** What searches see now. */
  state: State;
}

export interface MemoryEngineOptions {
  /** Returns the engine's code for a document that it must refuse. Null: it stores the document. */
  readonly refuses?: (document: EngineDocument) => string | null;
}

/**
 * A search engine in memory, as plain as possible: the reference for what the port promises, and what tests compare
 * other engines with. It has no full-text index: each search looks at every document.
 */
export class MemoryEngine implements SearchEngine {
  readonly #refuses: (document: EngineDocument) => string | null;
  #claimed: EngineFence | null = null;
  #content: Content | null = null;

  constructor({ refuses = () => null }: MemoryEngineOptions = {}) {
    this.#refuses = refuses;
  }

  async claim(fence: EngineFence, { highest, acknowledged }: StoreSequences): Promise<'this' | 'none' | 'other'> {
    // The runs of different stores cannot be compared.
    if (this.#claimed?.storeId === fence.storeId) checkRun(fence, this.#claimed);
    this.#claimed = fence;
    const content = this.#content;
    if (content === null) return 'none';
    const sequence = Math.max(content.documents.highest, content.acknowledged);
    if (sequence > highest || sequence < acknowledged) content.isForeign = true;
    return content.storeId === fence.storeId && !content.isForeign ? 'this' : 'other';
  }

  async wipe(fence: EngineFence): Promise<void> {
    this.#check(fence);
    this.#content = {
      storeId: fence.storeId,
      documents: new Documents(),
      isForeign: false,
      acknowledged: 0,
      state: emptyState(),
    };
  }

  async configure(fence: EngineFence, settings: EngineSettings, sequence: number): Promise<void> {
    const content = this.#writable(fence);
    content.acknowledged = Math.max(content.acknowledged, sequence);
    const { fields } = settings.indexed;
    content.documents.keepOnly(fields);
    content.state = { ...content.state, settings, documents: keepingOnly(content.state.documents, fields) };
  }

  async apply(fence: EngineFence, changes: readonly DocumentChange[]): Promise<number> {
    const { documents, state, acknowledged } = this.#writable(fence);
    for (const { document } of changes) if (document !== null) checkFields(document, state.settings);
    const refused = changes.flatMap((change) => {
      if (change.sequence <= documents.sequenceOf(change.id)) return [];
      const engineCode = change.document === null ? null : this.#refuses(change.document);
      if (engineCode !== null) return [{ id: change.id, engineCode }];
      documents.apply(change);
      return [];
    });
    if (refused.length > 0) throw new DocumentsRefusedError(refused);
    return Math.max(documents.highest, acknowledged);
  }

  async refresh(): Promise<void> {
    const content = this.#content;
    if (content !== null) content.state = { ...content.state, documents: content.documents.snapshot() };
  }

  async publishMembership(fence: EngineFence, published: PublishedMembership, sequence: number): Promise<void> {
    this.#check(fence);
    const membership = new Membership(published);
    // Another run may have claimed the engine while the members were made.
    const content = this.#writable(fence);
    content.state = { ...content.state, membership };
    content.acknowledged = Math.max(content.acknowledged, sequence);
  }

  async countCarrying(principals: readonly string[], upTo: number): Promise<number> {
    const documents = [...(this.#content?.state.documents.values() ?? [])];
    const sought = new Set(principals);
    const carrying = documents.filter((each) => each.document.principals.some((principal) => sought.has(principal)));
    return Math.min(carrying.length, upTo);
  }

  async reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result> {
    if (this.#content === null)
      throw new SearchRefusedError(
        'Nothing is indexed yet. Wait for a run, or start one with `salesforce-connector backfill`.',
      );
    return work(new MemoryView(this.#content.state, now));
  }

  /** Does nothing: another opener may use the same engine (see registry.ts). */
  async close(): Promise<void> {}

  #check(fence: EngineFence): void {
    if (this.#claimed?.storeId !== fence.storeId)
      throw new IndexReplacedError('Another store has claimed the search engine, or none has. The next run claims it.');
    checkRun(fence, this.#claimed);
    if (fence.run > this.#claimed.run) throw new NotAdmittedError(`run ${fence.run} has not claimed the search engine`);
  }

  /** Returns the content of the fence's store. */
  #writable(fence: EngineFence): Content {
    this.#check(fence);
    if (this.#content === null)
      throw new IndexReplacedError('The search engine has no content of this store. The next run sends it.');
    if (this.#content.storeId !== fence.storeId || this.#content.isForeign)
      throw new IndexReplacedError('The search engine has the content of another store. The next run replaces it.');
    return this.#content;
  }
}

function checkRun({ run }: EngineFence, claimed: EngineFence): void {
  if (run < claimed.run) throw new StaleRunError(`Run ${run} is over: run ${claimed.run} has written since.`);
}

function checkFields({ object, strings }: EngineDocument, { indexed }: EngineSettings): void {
  const unknown = Object.keys(strings).find((field) => !indexed.fields[object].includes(field));
  if (unknown !== undefined) throw new Error(`${object}.${unknown} is not an indexed field.`);
}

function emptyState(): State {
  return {
    settings: {
      organizationId: null,
      refusedOrganizationId: null,
      indexed: { fields: fieldLists(() => []), titleFields: fieldLists(() => []) },
    },
    membership: null,
    documents: new Map(),
    cursorKey: randomBytes(32),
  };
}
