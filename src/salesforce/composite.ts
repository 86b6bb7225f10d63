import { z } from 'zod';
import { LostAccessError, RejectedQueryError, type SalesforceError, TransientError } from './errors.ts';
import { shaped } from './json.ts';
import type { Session } from './session.ts';

export interface Subrequest<T> {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of these a /composite carries five at most, and each has two minutes. */
  readonly isQuery: boolean;
  readonly read: (body: unknown) => T;
}

const schema = z.object({
  compositeResponse: z.array(z.object({ body: z.unknown(), httpStatusCode: z.int(), referenceId: z.string() })),
});

/** Whether a refusal says something lasting about that one subrequest; limits and outages are about the moment. */
function isLasting(error: SalesforceError): boolean {
  if (error instanceof TransientError) return error.remedy === 'smaller-range' || error.remedy === 'fewer-fields';
  return error instanceof LostAccessError || error instanceof RejectedQueryError;
}

/** Stands for the body of a subrequest that was refused. */
export class Refused {
  readonly error: SalesforceError;

  constructor(error: SalesforceError) {
    this.error = error;
  }
}

export interface AnswerOptions {
  readonly signal?: AbortSignal;
  /** What becomes of a subrequest that gets no answer in all tries, also by itself. Default: its error is thrown. */
  readonly unanswered?: 'throw' | 'refused';
}

/** What was read of each subrequest, or how it was refused. */
export type Answers<T> = Map<Subrequest<T>, T | Refused>;

/**
 * The answers to up to 25 GET subrequests, 5 queries among them: one API call where all goes well. What is answered is
 * kept. The rest is asked for again: together, while the calls fail soon; otherwise in two calls of half as many, for
 * the queries of one call share its time. Throws what would fail every subrequest alike.
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

/** Two calls for what one did not answer; one: there is nothing to divide. */
function halved<T>(open: readonly Subrequest<T>[]): (readonly Subrequest<T>[])[] {
  const queries = open.filter(({ isQuery }) => isQuery);
  const others = open.filter(({ isQuery }) => !isQuery);
  if (queries.length > 0 && others.length > 0) return [queries, others];
  const half = Math.ceil(open.length / 2);
  return open.length > 1 ? [open.slice(0, half), open.slice(half)] : [open];
}

/** One POST /composite, which is one API call, and its tries: each asks for what those before it have not answered. */
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

/** What passes by itself comes last: a limit, or a token that is refused, concerns every part. */
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
      hint: 'The request is sent again.',
    });
  }
  if (reply.httpStatusCode === 200) return read(reply.body);
  const error = refusalError(reply.httpStatusCode, reply.body);
  if (!isLasting(error)) throw error;
  return new Refused(error);
}
