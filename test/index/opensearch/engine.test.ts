import { afterAll, beforeAll, describe } from 'vitest';
import { OpenSearchEngine } from '../../../src/index/opensearch/engine.ts';
import { DocumentsRefusedError } from '../../../src/index/port/errors.ts';
import type { DocumentChange, EngineDocument, EngineFence } from '../../../src/index/port/search-engine.ts';
import { START_MS } from '../../opensearch/process.ts';
import { NO_OPENSEARCH, openSearchUrl } from '../../opensearch/server.ts';
import { engineContract } from '../engine-contract.ts';
import { RecycledEngines } from './recycled.ts';

let engines: RecycledEngines;
beforeAll(async () => {
  engines = new RecycledEngines(await openSearchUrl());
}, START_MS);
afterAll(() => engines?.remove());

/** Makes some documents such that the cluster must refuse them, and gives its refusals the codes of the test. */
class RefusingEngine extends OpenSearchEngine {
  refuses: (document: EngineDocument) => string | null = () => null;

  override async apply(fence: EngineFence, changes: readonly DocumentChange[]): Promise<number> {
    const codes = new Map<string, string>();
    const sent = changes.map((change) => {
      const code = change.document === null ? null : this.refuses(change.document);
      if (change.document === null || code === null) return change;
      codes.set(change.id, code);
      return { ...change, document: { ...change.document, order: 2 ** 70 } };
    });
    try {
      return await super.apply(fence, sent);
    } catch (error) {
      if (!(error instanceof DocumentsRefusedError)) throw error;
      const refused = error.refused.map(({ id, engineCode }) => ({ id, engineCode: codes.get(id) ?? engineCode }));
      throw new DocumentsRefusedError(refused);
    }
  }
}

describe.skipIf(NO_OPENSEARCH !== null)('an engine in OpenSearch', () => {
  engineContract(
    async (refuses) => {
      const slot = await engines.take();
      return {
        open: async () => {
          const engine = slot.open(RefusingEngine);
          if (refuses !== undefined) engine.refuses = refuses;
          return engine;
        },
      };
    },
    { weaker: { wipe: 'a cluster does not keep what is deleted' } },
  );
});
