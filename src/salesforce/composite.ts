import { z } from 'zod';
import { LostAccessError, RejectedQueryError, type SalesforceError, TransientError } from './errors.ts';
import { shaped } from './json.ts';
import { refusalError, type Session } from './session.ts';

export interface Subrequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `value`: a refusal of this subrequest alone is handed on as its result. `throw`: it fails the call. */
  readonly refused: 'value' | 'throw';
}

const schema = z.object({
  compositeResponse: z.array(z.object({ body: z.unknown(), httpStatusCode: z.int(), referenceId: z.string() })),
});

/** Whether a refusal says something lasting about that one subrequest; limits and outages are about the moment. */
function isLasting(error: SalesforceError): boolean {
  if (error instanceof TransientError) return error.remedy === 'smaller-range';
  return error instanceof LostAccessError || error instanceof RejectedQueryError;
}

/** Stands for the body of a subrequest that was refused. */
export class Refused {
  readonly error: SalesforceError;

  constructor(error: SalesforceError) {
    this.error = error;
  }
}

/**
 * Sends up to 25 GET subrequests, 5 queries among them, in one POST /composite, which is one API call, and takes their
 * bodies in order (a `Refused` for each that was refused and may be). Throws what would fail every subrequest alike.
 */
export async function compositeCall<T>(
  session: Session,
  root: string,
  subrequests: readonly Subrequest[],
  read: (bodies: readonly unknown[]) => T,
  signal?: AbortSignal,
): Promise<T> {
  const compositeRequest = subrequests.map((subrequest, index) => ({
    method: 'GET',
    url: subrequest.path,
    referenceId: `r${index}`,
    ...(Object.keys(subrequest.headers).length === 0 ? {} : { httpHeaders: subrequest.headers }),
  }));
  return await session.request({
    method: 'POST',
    path: `${root}/composite`,
    body: { allOrNone: false, compositeRequest },
    ...(signal === undefined ? {} : { signal }),
    read(body) {
      const replies = new Map(
        shaped(schema, body, 'a composite reply').compositeResponse.map((reply) => [reply.referenceId, reply]),
      );
      const bodies = subrequests.map((subrequest, index) => {
        const reply = replies.get(`r${index}`);
        if (reply === undefined) {
          throw new TransientError({
            message: 'a composite reply lacks the answer to one of its subrequests',
            hint: 'The request is sent again.',
          });
        }
        if (reply.httpStatusCode < 400) return reply.body;
        const error = refusalError(reply.httpStatusCode, reply.body);
        if (subrequest.refused === 'throw' || !isLasting(error)) throw error;
        return new Refused(error);
      });
      return read(bodies);
    },
  });
}
