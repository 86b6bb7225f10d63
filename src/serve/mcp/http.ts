import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Answers } from '../answers.ts';
import type { Caller } from '../credentials/caller.ts';
import type { FailureLog } from '../failure-log.ts';
import { MOST_BODY_BYTES } from '../request-limits.ts';
import { createMcpServer, type UserAnswers } from './tools.ts';

/** Answers a request of a caller who is already known. */
export type McpFetch = (request: Request, caller: Caller) => Promise<Response>;

/** Serves the tools over Streamable HTTP. Each request is complete: the server keeps no session. */
export function mcpOverHttp(answers: Answers, failures: FailureLog, version: string): McpFetch {
  const handler = createMcpHandler(
    ({ authInfo }) => createMcpServer(answersFor(answers, failures, authInfo?.extra?.caller as Caller), version),
    {
      // The tools never change, so nobody has to wait for news of them.
      maxSubscriptions: 0,
      maxRequestBodySize: MOST_BODY_BYTES,
    },
  );
  return (request, caller) =>
    // The credential itself is not needed any more.
    handler.fetch(request, { authInfo: { token: '', clientId: caller.name, scopes: [], extra: { caller } } });
}

function answersFor(answers: Answers, failures: FailureLog, caller: Caller): UserAnswers {
  return {
    search: (question) => answers.search(caller, question),
    record: (id) => answers.record(caller, id),
    explain: caller.permissions.includes('explain') ? (id) => answers.explain(caller, id) : null,
    onProblem: (problem) => failures.note(problem),
  };
}
