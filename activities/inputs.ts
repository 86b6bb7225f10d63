import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import type { FoundReason } from '../src/facts/reasons.ts';
import { OrganizationChangedError } from '../src/index/errors.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { isIsoTime, isRecordId } from '../src/soql/literals.ts';
import { orgTime, orgTimeAsked } from '../src/sync/org-time.ts';

/**
 * What activities take, and what of it they check. Anybody who can write to the Temporal namespace can call an activity with
 * anything: an argument is believed as far as its form and the org's own clock and id go; the rest the index checks.
 */

/** Temporal itself takes no longer ids of workflows. */
const MOST_ID = 1_000;

/** The longest text for a person that is handed on to the connection; what is longer is cut. */
export const MOST_TEXT = 10_000;

/** So much later than this worker's reading of the org's clock a time may be: other workers' readings differ by seconds. */
const TOLERANCE_MS = 60_000;

const count = z.int().min(0);
const time = z.string().refine(isIsoTime, 'is no time');
const recordId = z.string().refine(isRecordId, 'is no record id');
const object = z.enum(OBJECT_NAMES);
const organizationId = z.string().regex(/^00D[0-9A-Za-z]{15}$/, 'is no Organization Id');
const id = z.string().min(1).max(MOST_ID);
const text = z.string().transform((given) => given.slice(0, MOST_TEXT));

/** Only handed on: a later version may know others. */
const foundReason = z.object({ code: z.string().max(100) }) as unknown as z.ZodType<FoundReason>;

const forConnection = z.object({ connection: z.string() });
const forRun = forConnection.extend({ run: z.int().min(1), indexId: z.uuid(), organizationId });

const position = z.object({ after: recordId.nullable(), done: z.boolean(), recordsRead: count });

export const INPUTS = {
  forConnection,
  begin: forConnection.extend({
    key: id,
    workflowId: id,
    organizationId,
    completeBackfillFrequency: z.int().min(1),
  }),
  finish: forConnection.extend({
    key: id,
    indexId: z.uuid().nullable(),
    status: z.enum(['completed', 'failed', 'cancelled']),
    backfillEnded: z.boolean(),
    completeNext: text.nullable(),
    completeNextWhy: foundReason.nullish(),
    headline: text,
  }),
  requestCompleteBackfill: forConnection.extend({ allowSweep: z.boolean().optional() }),
  refreshMembership: forRun.extend({ backfillStart: time.nullable() }),
  backfillSlice: forRun.extend({ object, start: time, from: position.nullable() }),
  readChanges: forRun.extend({
    before: time.nullable(),
    streams: z
      .array(
        z.object({
          object,
          of: z.enum(['records', 'shares']),
          after: z.object({ stamp: time, id: recordId }).nullable(),
        }),
      )
      .nullable(),
  }),
  sweep: forRun.extend({ object, start: time, allowSweep: z.boolean().optional() }),
  endBackfill: forRun.extend({ contactsMixed: z.boolean() }),
};

/**
 * The argument in the form that the activity takes.
 *
 * @throws ApplicationFailure `MalformedInput`, final, which names the field and never repeats what it holds
 */
export function checkedInput<Input>(schema: z.ZodType<Input>, given: unknown): Input {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => fieldOf(path)))].slice(0, 5);
  throw malformed(`${fields.join(', ')} ${fields.length === 1 ? 'has' : 'have'} not the form that it takes`);
}

/**
 * Holds an argument's organization and times against the org itself. No API call: a worker that has just started gets a
 * token for it, which its next requests use.
 *
 * @param times by their field
 * @throws OrganizationChangedError; ApplicationFailure `MalformedInput` for a time after the org's clock
 */
export async function checkAgainstOrg(
  salesforce: Salesforce,
  given: { readonly organizationId: string },
  times: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
): Promise<void> {
  const own = await salesforce.organizationId({ signal });
  if (given.organizationId !== own)
    throw new OrganizationChangedError(
      `The run is for organization ${given.organizationId}, and ${own} answers now: nothing was written. ` +
        'Point base_url back, or run `salesforce-connector apply --replace-org` if that is meant.',
    );
  const laterThan = (now: number) => Object.entries(times).find(([, at]) => at !== null && isAfter(at, now));
  if (laterThan(await orgTime(salesforce, signal)) === undefined) return;
  const [field] = laterThan(await orgTimeAsked(salesforce, signal)) ?? [];
  if (field !== undefined)
    throw malformed(`${field} lies after the org's clock, which was set back, or never was at that time`);
}

/** Whether the time (ISO) lies after the org's clock (ms), by more than workers' readings of it differ. */
export function isAfter(time: string, now: number): boolean {
  return Date.parse(time) > now + TOLERANCE_MS;
}

function malformed(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The activity refused its argument: ${what}. Nothing was written. ` +
      'If it was the Schedule that started this run, the next one starts over; otherwise somebody else writes to the Temporal namespace.',
    'MalformedInput',
  );
}

/** The schema's own names only: a key that somebody made up may hold anything. */
function fieldOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'it';
  return path
    .map((part) => (typeof part === 'number' ? '[]' : String(part)))
    .join('.')
    .replaceAll('.[]', '[]');
}
