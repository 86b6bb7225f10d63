import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Config } from '../../config/load.ts';
import { UserNotServedError } from '../../index/port/errors.ts';
import { createLog } from '../../worker/log/log.ts';
import { FailureLog } from '../failure-log.ts';
import { recordNotFound } from '../problem.ts';
import { checkedQuestion } from '../question.ts';
import { ServedIndex } from '../served-index.ts';
import { createMcpServer, type UserAnswers } from './tools.ts';

/**
 * Serves the tools over stdin and stdout, until the returned function is called. A person who may start this process
 * may read the index file anyway. Its user is fixed.
 *
 * @param as the user, by any kind of name
 * @throws UserNotServedError if searches do not serve the user
 */
export async function mcpOverStdio(config: Config, as: string, version: string): Promise<() => Promise<void>> {
  const index = new ServedIndex(config, () => {});
  // Assistants show what such a program writes to stderr.
  const failures = new FailureLog(
    createLog({
      level: 'error',
      format: 'text',
      base: {},
      redact: (text) => text,
      write: (line) => process.stderr.write(line),
    }),
  );
  const answers: UserAnswers = {
    async search(question) {
      const { words, ...options } = checkedQuestion(question);
      return (await index.reader()).search(words, { ...options, as });
    },
    async record(id) {
      const record = await (await index.reader()).record(id, { as });
      if (record === null) throw recordNotFound();
      return record;
    },
    explain: (id) => index.explain(id, { as }),
    onProblem: (problem) => failures.note(problem),
  };
  await checkUser(index, as);
  const handle = serveStdio(() => createMcpServer(answers, version));
  return async () => {
    await handle.close();
    await index.close();
  };
}

/** An assistant shows a program that ends with an error, but hides the errors of its calls. */
async function checkUser(index: ServedIndex, as: string): Promise<void> {
  try {
    await (await index.reader()).search('', { as, limit: 1 });
  } catch (error) {
    if (!(error instanceof UserNotServedError)) return;
    await index.close();
    throw error;
  }
}
