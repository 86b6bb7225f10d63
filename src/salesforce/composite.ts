import { z } from 'zod';
import { LostAccessError, RejectedQueryError, type SalesforceError, TransientError } from './errors.ts';
import { shaped } from './json.ts';
import type { Session } from './session.ts';

export interface Subrequest<T> {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A /composite request takes at most five queries, and each of them may run for two minutes. */
  readonly isQuery: boolean;
  readonly read: (body: unknown) => T;
}

const schema = z.object({
  compositeResponse: z.array(z.object({ body: z.unknown(), httpStatusCode: z.int(), referenceId: z.string() })),
});

/** Returns whether a refusal is a lasting fact about that one subrequest. Limits and outages are temporary. */
function isLasting(error: SalesforceError): boolean {
  if (error instanceof TransientError) return error.remedy === 'smaller-range' || error.remedy === 'fewer-fields';
  return error instanceof LostAccessError || error instanceof RejectedQueryError;
}

/** A refused subrequest, in place of its body. */
export class Refused {
  readonly error: SalesforceError;

  constructor(error: SalesforceError) {
    this.error = error;
  }
}

export interface AnswerOptions {
  readonly signal?: AbortSignal;
  /** What to do with a subrequest that got no answer in any try, even when sent alone. Default: its error is thrown. */
  readonly unanswered?: 'throw' | 'refused';
}

/** For each subrequest what was read, or how it was refused. */
export type Answers<T> = Map<Subrequest<T>, T | Refused>;

/**
 * Sends up to 25 GET subrequests, of which 5 can be queries. One API call if all goes well. Answers are kept, and only
 * the rest is sent again: together if the calls fail quickly, otherwise split into two calls, because the queries of
 * one call share its time. Throws errors that would fail every subrequest alike.
 */
export async function answersTo<T>(
  session: Session,
  root: string,
  subrequests: readonly Subrequest<T>[],
  { signal, unanswered = 'throw' }: AnswerOptions,
): Promise<Answers<T>> {
  const answers: Answers<T> = new Map();
  const calls = [subrequests];
  for (let call = calls.shift(); call !== undefined; call = calls.shift()) {
    try {
      await ask(session, root, call, answers, signal);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      const open = call.filter((one) => !answers.has(one));
      const halves = halved(open);
      const [only] = open;
      if (halves.length > 1) calls.unshift(...halves);
      else if (only?.isQuery && (isLasting(error) || unanswered === 'refused')) answers.set(only, new Refused(error));
      else throw error;
    }
  }
  return answers;
}

/** Splits what a call did not answer into two calls; returns one call if there is nothing to split. */
function halved<T>(open: readonly Subrequest<T>[]): (readonly Subrequest<T>[])[] {
  const queries = open.filter(({ isQuery }) => isQuery);
  const others = open.filter(({ isQuery }) => !isQuery);
  if (queries.length > 0 && others.length > 0) return [queries, others];
  const half = Math.ceil(open.length / 2);
  return open.length > 1 ? [open.slice(0, half), open.slice(half)] : [open];
}

/** Sends one POST /composite, which is one API call, with retries. Each try sends only what is still unanswered. */
async function ask<T>(
  session: Session,
  root: string,
  subrequests: readonly Subrequest<T>[],
  answers: Answers<T>,
  signal?: AbortSignal,
): Promise<void> {
  const open = (): Subrequest<T>[] => subrequests.filter((one) => !answers.has(one));
  await session.request({
    method: 'POST',
    path: `${root}/composite`,
    body: () => ({
      allOrNone: false,
      compositeRequest: open().map(({ path, headers }, index) => ({
        method: 'GET',
        url: path,
        referenceId: `r${index}`,
        ...(Object.keys(headers).length === 0 ? {} : { httpHeaders: headers }),
      })),
    }),
    asked: () => ({
      what: 'composite',
      queries: open().flatMap(({ isQuery, path }) => (isQuery ? [path] : [])),
    }),
    ...(signal === undefined ? {} : { signal }),
    read(body, refusalError) {
      const replies = new Map(
        shaped(schema, body, 'a composite reply').compositeResponse.map((reply) => [reply.referenceId, reply]),
      );
      const failures: unknown[] = [];
      for (const [index, subrequest] of open().entries()) {
        try {
          answers.set(subrequest, answerIn(replies.get(`r${index}`), subrequest, refusalError));
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw worst(failures);
    },
  });
}

/** Returns the error to throw. Permanent errors come first: a limit, or a refused token, concerns every subrequest. */
function worst(failures: readonly unknown[]): unknown {
  return failures.find((error) => !(error instanceof TransientError)) ?? failures[0];
}

type Reply = z.infer<typeof schema>['compositeResponse'][number];

function answerIn<T>(
  reply: Reply | undefined,
  { read }: Subrequest<T>,
  refusalError: (status: number, body: unknown) => SalesforceError,
): T | Refused {
  if (reply === undefined) {
    throw new TransientError({
      message: 'a composite reply lacks the answer to one of its subrequests',
      hint: 'The request is retried.',
    });
  }
  if (reply.httpStatusCode === 200) return read(reply.body);
  const error = refusalError(reply.httpStatusCode, reply.body);
  if (!isLasting(error)) throw error;
  return new Refused(error);
}
