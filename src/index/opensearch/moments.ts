import type { OpenSearchLocation } from '../location.ts';
import {
  EngineUnavailableError,
  IndexReplacedError,
  IndexUnavailableError,
  SearchRefusedError,
} from '../port/errors.ts';
import type { Cluster } from './cluster.ts';
import { type Content, type ControlDocument, isOthers, type StoredSettings } from './control.ts';
import { Generation } from './membership.ts';
import type { IndexNames } from './names.ts';
import { KEEP_ALIVE_MINUTES, type Moment, MomentLost } from './view.ts';

/** A point in time of the documents, and who uses it. */
interface Point {
  readonly key: string;
  readonly id: Promise<string>;
  users: number;
  /** When a search last began to use it, by `performance.now()`. */
  usedAt: number;
}

/** OpenSearch forgets a point in time that nobody has used for that long. */
const FORGOTTEN_MS = KEEP_ALIVE_MINUTES * 60_000 * 0.8;

/**
 * The moments that searches read. Searches between two refreshes share a point in time, because a cluster keeps only a
 * few hundred of them.
 */
export class Moments {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #control: ControlDocument;
  readonly #connection: string | null;
  readonly #prefix: string;
  #point: Point | null = null;
  /** Points that a newer one has replaced, and that searches still use. */
  readonly #old = new Set<Point>();
  #settings: { readonly id: string; readonly stored: Promise<StoredSettings> } | null = null;
  #generation: Generation | null = null;

  constructor(
    cluster: Cluster,
    names: IndexNames,
    control: ControlDocument,
    { connection, prefix }: OpenSearchLocation,
  ) {
    this.#cluster = cluster;
    this.#names = names;
    this.#control = control;
    this.#connection = connection;
    this.#prefix = prefix;
  }

  /**
   * Runs `work` on what is there now, and once again if the cluster loses that meanwhile. Throws a `SearchRefusedError`
   * if there is nothing.
   */
  async during<Result>(work: (moment: Moment) => Promise<Result>): Promise<Result> {
    const content = await this.#content();
    try {
      return await this.#at(content, work);
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    const next = await this.#content();
    return await this.#at(next, work).catch((error: unknown) => {
      if (!isLost(error)) throw error;
      if (next.name === content.name)
        throw new SearchRefusedError(
          'The cluster lacks an index of this connection, or a part of it. If somebody deleted it, the next run sends everything again.',
        );
      throw new IndexUnavailableError('The index was replaced during the search. Search again.', { mayPass: true });
    });
  }

  async #content(): Promise<Content> {
    const control = await this.#control.read();
    if (control !== null && isOthers(control, this.#connection))
      throw new SearchRefusedError(
        `The indexes ${this.#prefix}-* of the cluster are those of connection '${control.connection}'. Set another index.prefix in this config.`,
      );
    const content = control?.content ?? null;
    if (content === null)
      throw new SearchRefusedError(
        'Nothing is indexed yet. Wait for a run, or start one with `salesforce-connector backfill`.',
      );
    return content;
  }

  async #at<Result>(content: Content, work: (moment: Moment) => Promise<Result>): Promise<Result> {
    const point = this.#pointOf(content);
    point.users++;
    point.usedAt = performance.now();
    try {
      const [pointInTime, stored] = await Promise.all([point.id, this.#settingsOf(content)]);
      const { membership } = content;
      return await work({
        pointInTime,
        stored,
        cursorKey: Buffer.from(content.cursorKey, 'base64'),
        membership: membership && {
          generation: this.#generationOf(content.name, membership.generation),
          fields: membership.fields,
        },
      });
    } catch (error) {
      if (isLost(error) || error instanceof EngineUnavailableError) {
        if (point === this.#point) this.#point = null;
        this.#old.add(point);
      }
      throw error;
    } finally {
      point.users--;
      void this.#dropOld();
    }
  }

  /** Closes every point in time. */
  async close(): Promise<void> {
    if (this.#point !== null) this.#old.add(this.#point);
    this.#point = null;
    await this.#dropOld();
  }

  #pointOf({ name, refreshed }: Content): Point {
    const key = `${name}-${refreshed}`;
    const known = this.#point;
    if (known !== null && known.key === key && performance.now() - known.usedAt < FORGOTTEN_MS) return known;
    if (known !== null) this.#old.add(known);
    const point = { key, id: this.#open(name), users: 0, usedAt: performance.now() };
    this.#point = point;
    point.id.catch(() => {
      if (this.#point === point) this.#point = null;
    });
    return point;
  }

  async #open(name: string): Promise<string> {
    const answer = await this.#cluster.find<{ pit_id: string }>({
      method: 'POST',
      path: `/${this.#names.documents(name)}/_search/point_in_time`,
      query: { keep_alive: `${KEEP_ALIVE_MINUTES}m`, allow_partial_pit_creation: false },
    });
    if (answer === null) throw new MomentLost();
    return answer.pit_id;
  }

  /** Closes points that no search uses any more. */
  async #dropOld(): Promise<void> {
    const unused = [...this.#old].filter(({ users }) => users === 0);
    for (const point of unused) this.#old.delete(point);
    try {
      const ids = await Promise.all(unused.map(({ id }) => id));
      if (ids.length > 0)
        await this.#cluster.find({ method: 'DELETE', path: '/_search/point_in_time', body: { pit_id: ids } });
    } catch {
      // The cluster forgets them after a while.
    }
  }

  #settingsOf({ settings: id }: Content): Promise<StoredSettings> {
    if (this.#settings?.id !== id) this.#settings = { id, stored: this.#control.settings(id) };
    const { stored } = this.#settings;
    stored.catch(() => {
      this.#settings = null;
    });
    return stored;
  }

  #generationOf(name: string, id: string): Generation {
    if (this.#generation?.id !== id) this.#generation = new Generation(this.#cluster, this.#names.members(name), id);
    return this.#generation;
  }
}

/** Reports whether what a search has read is gone: its point in time, or a part of the content. */
function isLost(error: unknown): boolean {
  return error instanceof MomentLost || error instanceof IndexReplacedError;
}
