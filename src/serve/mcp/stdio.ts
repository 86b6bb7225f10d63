import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Config } from '../../config/load.ts';
import type { IndexReader } from '../../index/port/reader.ts';
import { recordNotFound } from '../problem.ts';
import { problemOf } from '../problems-of.ts';
import { ServedIndex } from '../served-index.ts';
import { createMcpServer, type UserAnswers } from './tools.ts';

/**
 * Serves the tools over stdin and stdout, until the returned function is called. A person who may start this process
 * may read the index file anyway. Its user is fixed.
 *
 * @param as the user, by any kind of name
 */
export async function mcpOverStdio(config: Config, as: string, version: string): Promise<() => Promise<void>> {
  const index = new ServedIndex(config, () => {});
  const asked = async <Answer>(ask: (reader: IndexReader) => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask(await index.reader());
    } catch (error) {
      throw problemOf(error);
    }
  };
  const answers: UserAnswers = {
    search: ({ words, ...options }) => asked((reader) => reader.search(words, { ...options, as })),
    record: (id) => asked(async (reader) => (await reader.record(id, { as })) ?? Promise.reject(recordNotFound())),
    explain: (id) => asked(() => index.explain(id, { as })),
  };
  const handle = serveStdio(() => createMcpServer(answers, version));
  return async () => {
    await handle.close();
    await index.close();
  };
}
