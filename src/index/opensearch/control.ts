import type { FieldLists } from '../../objects/index.ts';
import { IndexReplacedError, NotAdmittedError, StaleRunError } from '../port/errors.ts';
import type { EngineFence, EngineSettings } from '../port/search-engine.ts';
import type { Cluster } from './cluster.ts';
import { controlIndex, type IndexSize } from './schema.ts';
import type { FieldNumbers } from './words.ts';

/**
 * The control document: who writes, and which content searches use. Each change of it compares and swaps, so two
 * processes cannot both believe that they made it.
 */
export interface Control {
  /** Whose index it is. Two connections cannot share one. */
  readonly connection: string | null;
  /** The store that has claimed the cluster's index (`EngineFence.storeId`). */
  readonly store: string;
  readonly run: number;
  /** Rises with each claim. */
  readonly claims: number;
  /** Null: there is none. */
  readonly content: Content | null;
}

/** What was sent from one store, since it was last sent as a whole. */
export interface Content {
  /** A part of the names of its indexes. */
  readonly name: string;
  readonly store: string;
  /** It does not match its store: one of the two was restored from a copy. */
  readonly isForeign: boolean;
  /** The cluster's own marks of the indexes. It gives others to an index that is restored from a snapshot. */
  readonly marks: string;
  /** The highest sequence of a change that was stored. The store forgets none that is higher. */
  readonly acknowledged: number;
  /** Rises with each refresh. Searches that see another number look at the index again. */
  readonly refreshed: number;
  /** Base64. */
  readonly cursorKey: string;
  /** The id of the settings document. */
  readonly settings: string;
  /** The one before, which a search that has just begun may still need. */
  readonly oldSettings: string | null;
  /** Null: nobody may read anything yet. */
  readonly membership: { readonly generation: string; readonly fields: FieldLists } | null;
  /** Replaced generations. Searches that have begun with one still need it. `at`: milliseconds since 1970. */
  readonly retired: readonly { readonly generation: string; readonly at: number }[];
}

/** Never changes: other settings have another id. */
export interface StoredSettings {
  readonly settings: EngineSettings;
  readonly numbers: FieldNumbers;
}

/** The id of the control document. */
export const CONTROL = 'control';

interface Stored<Value> {
  readonly _source: { readonly value: Value };
  readonly _seq_no: number;
  readonly _primary_term: number;
}

/** The control index of the connector in a cluster. */
export class ControlDocument {
  readonly #cluster: Cluster;
  readonly #index: string;
  readonly #size: IndexSize;
  #isThere = false;

  constructor(cluster: Cluster, index: string, size: IndexSize) {
    this.#cluster = cluster;
    this.#index = index;
    this.#size = size;
  }

  async read(): Promise<Control | null> {
    return (await this.#stored<Control>(CONTROL))?._source.value ?? null;
  }

  /**
   * Replaces the control document by what `next` makes of it, as often as another process was faster. Null from `next`:
   * it stays. Returns the document that is there afterwards.
   */
  async change<Next extends Control | null>(
    next: (control: Control | null) => Next | Promise<Next>,
  ): Promise<Control | Next> {
    for (;;) {
      const stored = await this.#stored<Control>(CONTROL);
      const value = await next(stored?._source.value ?? null);
      if (value === null) return (stored?._source.value ?? null) as Next;
      if (await this.#write(value, stored)) return value;
    }
  }

  async settings(id: string): Promise<StoredSettings> {
    const stored = await this.#stored<StoredSettings>(id);
    if (stored === null) throw replaced();
    return stored._source.value;
  }

  async addSettings(id: string, settings: StoredSettings): Promise<void> {
    await this.#create();
    await this.#cluster.ask({ method: 'PUT', path: `/${this.#index}/_create/${id}`, body: { value: settings } });
  }

  async removeSettings(id: string): Promise<void> {
    await this.#cluster.find({ method: 'DELETE', path: `/${this.#index}/_doc/${id}` });
  }

  /** Returns false if another process was faster. */
  async #write(value: Control, old: Stored<Control> | null): Promise<boolean> {
    if (old === null) await this.#create();
    else this.#isThere = true;
    const written = await this.#cluster.compete({
      method: 'PUT',
      path: `/${this.#index}/_doc/${CONTROL}`,
      query: old === null ? { op_type: 'create' } : { if_seq_no: old._seq_no, if_primary_term: old._primary_term },
      body: { value },
    });
    return written !== null;
  }

  async #create(): Promise<void> {
    if (this.#isThere) return;
    await this.#cluster.create(this.#index, controlIndex(this.#size));
    this.#isThere = true;
  }

  #stored<Value>(id: string): Promise<Stored<Value> | null> {
    return this.#cluster.find<Stored<Value>>({ method: 'GET', path: `/${this.#index}/_doc/${id}` });
  }
}

/** Throws unless the fence's run is the one that has claimed the engine. */
export function checkClaim(control: Control | null, { storeId, run }: EngineFence): asserts control is Control {
  if (control === null || control.store !== storeId)
    throw new IndexReplacedError('Another store has claimed the search engine, or none has. The next run claims it.');
  checkRun(control, run);
  if (run > control.run) throw new NotAdmittedError(`run ${run} has not claimed the search engine`);
}

/** Throws if a later run has claimed the engine. */
export function checkRun(claimed: Control, run: number): void {
  if (run < claimed.run) throw new StaleRunError(`Run ${run} is over: run ${claimed.run} has written since.`);
}

/** Throws if the content is not the fence's store's. */
export function checkContent(content: Content, { storeId }: EngineFence): void {
  if (content.store !== storeId || content.isForeign)
    throw new IndexReplacedError('The search engine has the content of another store. The next run replaces it.');
}

/** Reports whether the index is another connection's. A caller that does not say its connection takes any. */
export function isOthers(control: Control, connection: string | null): boolean {
  return connection !== null && control.connection !== connection;
}

export function replaced(): IndexReplacedError {
  return new IndexReplacedError(
    'The content of the search engine was replaced during the run. The next run sends everything again if need be.',
  );
}
