import type { Config } from '../config/load.ts';
import { openInspector } from '../index/open.ts';
import type { RecordExplanation } from '../index/port/inspector.ts';
import type { AsUser, IndexReader, OnUnconfirmed } from '../index/port/reader.ts';
import { openIndexReaderInThreads } from '../index/thread/search-in-threads.ts';
import { salesforceVerifier } from '../salesforce/verifier.ts';

/** The index that a server answers from. It is opened by the first request that it can answer. */
export class ServedIndex {
  readonly #config: Config;
  readonly #onUnconfirmed: OnUnconfirmed;
  #opening: Promise<IndexReader> | null = null;

  constructor(config: Config, onUnconfirmed: OnUnconfirmed) {
    this.#config = config;
    this.#onUnconfirmed = onUnconfirmed;
  }

  /** Throws as `openIndex` does: the next call tries again. */
  reader(): Promise<IndexReader> {
    const { index, baseUrl } = this.#config;
    this.#opening ??= openIndexReaderInThreads({
      index,
      baseUrl,
      verifier: salesforceVerifier(this.#config),
      onUnconfirmed: this.#onUnconfirmed,
    }).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  /** Explains for an operator. Throws as `IndexInspector.explain` does. */
  async explain(recordId: string, user: AsUser): Promise<RecordExplanation> {
    const inspector = await openInspector(this.#config);
    try {
      return await inspector.explain(recordId, user);
    } finally {
      await inspector.close();
    }
  }

  async close(): Promise<void> {
    await (await this.#opening?.catch(() => null))?.close();
  }
}
