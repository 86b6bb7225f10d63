import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import type { FoundReason } from '../src/facts/reasons.ts';
import type { ReadingCursor } from '../src/index/port/backfill.ts';
import { OrganizationChangedError } from '../src/index/port/errors.ts';
import { isOrganizationId, isRecordId } from '../src/lib/record-ids.ts';
import { isIsoTime } from '../src/lib/time.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { orgTime, orgTimeAsked } from '../src/sync/org-time.ts';
import { isReadingCursor } from '../workflows/message-forms.ts';
import { positionOf } from './stored-position.ts';

/**
 * The arguments of activities, and what is checked of them. Anyone who can write to the Temporal namespace can call an
 * activity with anything. So an argument's form is checked, and its times and organization are compared with the org's.
 * The index checks the rest.
 */

/** Temporal does not accept longer workflow ids. */
const MOST_ID = 1_000;

/** The longest text for a person that is passed on to the connection. Longer texts are cut. */
export const MOST_TEXT = 10_000;

/**
 * The tolerance for times after this worker's reading of the org's clock: other workers' readings differ by seconds.
 */
const TOLERANCE_MS = 60_000;

const count = z.int().min(0);
const time = z.string().refine(isIsoTime, 'is not a time');
const recordId = z.string().refine(isRecordId, 'is not a record id');
const object = z.enum(OBJECT_NAMES);
const organizationId = z.string().refine(isOrganizationId, 'is not an Organization Id');
const id = z.string().min(1).max(MOST_ID);
const text = z.string().transform((given) => given.slice(0, MOST_TEXT));

/** Only passed on: a later version may know other codes. */
const foundReason = z.object({ code: z.string().max(100) }) as unknown as z.ZodType<FoundReason>;

const forConnection = z.object({ connection: z.string() });
const forRun = forConnection.extend({ run: z.int().min(1), indexId: z.uuid(), organizationId });

const position = z
  .object({
    cursor: z.custom<ReadingCursor>(isReadingCursor).nullable().optional(),
    after: recordId.nullable(),
    done: z.boolean(),
    recordsRead: count,
  })
  .transform(positionOf);

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
  backfillSlice: forRun.extend({
    object,
    start: time,
    from: position.nullable(),
    next: z.array(object).max(OBJECT_NAMES.length).optional(),
    passInMs: z.number().nonnegative().optional(),
  }),
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
 * Returns the argument in the form that the activity expects.
 *
 * @throws ApplicationFailure `MalformedInput`, final; it names the field and never repeats its content
 */
export function checkedInput<Input>(schema: z.ZodType<Input>, given: unknown): Input {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => fieldOf(path)))].slice(0, 5);
  throw malformed(`${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} malformed`);
}

/**
 * Compares an argument's organization and times with the org itself. This is not an API call: a worker that has just
 * started gets a token for it, which its next requests use.
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
      `The run is for organization ${given.organizationId}, but ${own} answers now. Nothing was written. ` +
        'Change base_url back, or run `salesforce-connector apply --replace-org` if this is intended.',
    );
  const laterThan = (now: number) => Object.entries(times).find(([, at]) => at !== null && isAfter(at, now));
  if (laterThan(await orgTime(salesforce, signal)) === undefined) return;
  const [field] = laterThan(await orgTimeAsked(salesforce, signal)) ?? [];
  if (field !== undefined)
    throw malformed(`${field} is ahead of the org's clock, which was set back, or was never at that time`);
}

/** Reports whether the time (ISO) is after the org's clock (ms) by more than workers' readings of it differ. */
export function isAfter(time: string, now: number): boolean {
  return Date.parse(time) > now + TOLERANCE_MS;
}

function malformed(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The activity refused its argument: ${what}. Nothing was written. ` +
      'If the Schedule started this run, the next one starts over. Otherwise someone else writes to the Temporal namespace.',
    'MalformedInput',
  );
}

/** Names a field. Uses the schema's own names only, because an invented key may contain anything. */
function fieldOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'it';
  return path
    .map((part) => (typeof part === 'number' ? '[]' : String(part)))
    .join('.')
    .replaceAll('.[]', '[]');
}
