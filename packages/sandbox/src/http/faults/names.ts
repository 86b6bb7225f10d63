import { z } from 'zod';
import { ChangeError, readChanges } from '../change/request.ts';

/** The stage at which a fault takes effect. */
export type FaultPlace = 'instead' | 'before' | 'query' | 'wire';

/** The stage of each named fault. README.md describes what a client sees of it. */
export const FAULT_NAMES = {
  // Sent instead of the answer: nothing is computed, and no API call is counted.
  'limit-total': 'instead',
  'limit-concurrent': 'instead',
  'limit-long-running': 'instead',
  'unknown-exception': 'instead',
  'unavailable-json': 'instead',
  'unavailable-html': 'instead',
  'page-420': 'instead',
  'empty-406': 'instead',
  reset: 'instead',
  // Something happens to the org first. Then it answers from its new state.
  'session-expired': 'before',
  'credentials-revoked': 'before',
  'locator-expired': 'before',
  moved: 'before',
  // Applied to each query, alone or in a composite.
  'query-timeout': 'query',
  'short-pages': 'query',
  // The right answer, sent wrongly.
  'truncated-json': 'wire',
  'truncated-gzip': 'wire',
  'reset-midway': 'wire',
  slow: 'wire',
  stall: 'wire',
  hang: 'wire',
} as const satisfies Record<string, FaultPlace>;

export type FaultName = keyof typeof FAULT_NAMES;

/** The names of the faults at one stage. */
export type FaultsAt<Place extends FaultPlace> = {
  [Name in FaultName]: (typeof FAULT_NAMES)[Name] extends Place ? Name : never;
}[FaultName];

/** A complete answer. */
const answer = z.strictObject({
  status: z.number().int().min(100).max(599),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Whether the body is a string that is sent unchanged. */
  raw: z.boolean().default(false),
});
export type Answer = z.infer<typeof answer>;

/** Changes, as in `POST /sandbox/change`, that are made just before the answer. */
const changes = z.strictObject({
  change: z.array(z.unknown()).transform((list, context) => {
    try {
      return readChanges({ changes: list });
    } catch (error) {
      if (!(error instanceof ChangeError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  }),
});

/** Refuses a query, alone or as a part of a composite. */
const part = z.strictObject({
  part: z.strictObject({
    status: z.number().int().min(400).max(599),
    errorCode: z.string().min(1),
    message: z.string(),
  }),
});

const howMany = z.number().int().min(1);
/** Removes that many records of a later page before it is answered: into the recycle bin, or for good. */
const ahead = z.union([z.strictObject({ delete_ahead: howMany }), z.strictObject({ erase_ahead: howMany })]);
export type Ahead = z.infer<typeof ahead>;

const NAMES = Object.keys(FAULT_NAMES) as [FaultName, ...FaultName[]];
const REPLY = `must be one of ${NAMES.join(', ')}, or an object with "status", "change", "part", "delete_ahead" or "erase_ahead"`;

export const faultReply = z.union([z.enum(NAMES), changes, part, ahead, answer], { error: REPLY });
export type FaultReply = z.infer<typeof faultReply>;

/** The replies of the faults at one stage. */
export type ReplyAt<Place extends FaultPlace> =
  | FaultsAt<Place>
  | (Place extends 'instead' ? Answer : never)
  | (Place extends 'before' ? z.infer<typeof changes> : never)
  | (Place extends 'query' ? z.infer<typeof part> | Ahead : never);

export function isAt<Place extends FaultPlace>(place: Place, reply: FaultReply | null): reply is ReplyAt<Place> {
  return reply !== null && placeOf(reply) === place;
}

export function placeOf(reply: FaultReply): FaultPlace {
  if (typeof reply === 'string') return FAULT_NAMES[reply];
  if ('change' in reply) return 'before';
  return 'part' in reply || isAhead(reply) ? 'query' : 'instead';
}

export function isAhead(reply: FaultReply): reply is Ahead {
  return typeof reply === 'object' && ('delete_ahead' in reply || 'erase_ahead' in reply);
}
