import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { RequestCode, RequestProblem } from './problem.ts';

/** Answers with a problem, in the form of RFC 9457. */
export function replyProblem(context: Context, problem: RequestProblem): Response {
  const { code, facts, message, status } = problem;
  const { retryAfterSeconds, ...rest } = facts;
  if (retryAfterSeconds !== undefined) context.header('Retry-After', String(retryAfterSeconds));
  if (status === 401) context.header('WWW-Authenticate', 'Bearer');
  const body = {
    type: `urn:salesforce-connector:problem:${code}`,
    title: titleOf(code),
    status,
    code,
    detail: message,
    ...rest,
  };
  return context.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'Content-Type': 'application/problem+json',
  });
}

/** Shows a person a problem in the browser. */
export function showProblem(context: Context, { code, message, status }: RequestProblem): Response {
  return context.text(`${titleOf(code)}\n\n${message}\n`, status as ContentfulStatusCode);
}

/** `cursor_refused` is "Cursor refused". */
function titleOf(code: RequestCode): string {
  const words = code.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
