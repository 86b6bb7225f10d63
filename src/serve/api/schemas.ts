import { z } from '@hono/zod-openapi';
import { DEFAULT_LIMIT, HIGHEST_LIMIT, ID_FORMS, SORTS, TIME_FORM } from '../../index/model/filters.ts';
import { OBJECT_NAMES } from '../../objects/index.ts';
import { ACT_AS } from '../credentials/act-as.ts';
import { CALLER_KINDS, NAME_KINDS, PERMISSIONS } from '../credentials/caller.ts';
import { REQUEST_CODES, type RequestCode } from '../problem.ts';
import { MOST_CURSOR, MOST_ID, MOST_TIME, MOST_WORDS, RECORD_ID } from '../request-limits.ts';

/** What requests and replies look like. The OpenAPI document is made from it. */

/**
 * The schema, or null. `nullable` would give the named type of the document a null, or make a type that generators of
 * clients refuse.
 */
const orNull = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.null()]);

// What has a name in the document has one type in a generated client, wherever it occurs.
const object = z.enum(OBJECT_NAMES).openapi('ObjectName');
const time = (what: string) =>
  z
    .string()
    .max(MOST_TIME)
    .openapi({ description: `${what}: ${TIME_FORM}`, example: '2026-03-01' });

export const searchRequest = z
  .strictObject({
    words: z.string().max(MOST_WORDS).default('').openapi({
      description:
        'What to find. Every word must be in a field that the user may read; the last one may be the beginning of a word. Empty: everything that the user may read.',
      example: 'service renewal',
    }),
    types: z.array(object).max(OBJECT_NAMES.length).optional().openapi({ description: 'Only these objects.' }),
    modifiedFrom: time('Only records modified at that time or later').optional(),
    modifiedBefore: time('Only records modified before that time').optional(),
    owner: z
      .string()
      .max(MOST_ID)
      .optional()
      .openapi({ description: `Only records of this owner: ${ID_FORMS.owner}.` }),
    account: z
      .string()
      .max(MOST_ID)
      .optional()
      .openapi({ description: `Only records of this account: ${ID_FORMS.account}.` }),
    sort: z.enum(SORTS).optional().openapi({ description: 'Default: relevance.' }),
    limit: z
      .int()
      .min(1)
      .max(HIGHEST_LIMIT)
      .default(DEFAULT_LIMIT)
      .openapi({ description: 'The number of hits on a page.' }),
    cursor: z.string().max(MOST_CURSOR).nullable().optional().openapi({
      description: 'The cursor of the previous page, with the same words and filters. Null: the first page.',
    }),
    fields: z
      .boolean()
      .default(false)
      .openapi({ description: 'Also reply the text of every field of each hit that the user may read.' }),
    verify: z
      .boolean()
      .default(false)
      .openapi({ description: 'Leave out hits that Salesforce does not confirm. Costs one to five API calls.' }),
  })
  .openapi('SearchRequest');

const account = orNull(z.object({ id: z.string(), name: z.string() }).openapi('AccountOfRecord')).openapi({
  description: 'The account of a contact, a case or an opportunity, if the user may know it.',
});

const recordShape = {
  id: z.string().openapi({ description: 'The record id, 18 characters.' }),
  object,
  url: z.string().openapi({ description: "The record's page in Lightning Experience." }),
  title: z.string(),
  account,
  modified: z.string().openapi({ description: 'When anybody last modified the record, ISO.' }),
  fields: z.record(z.string(), z.string()).openapi({
    description:
      'The text of every field that the user may read, by API name. It is data that people wrote, and may contain anything.',
  }),
};

export const recordReply = z.object(recordShape).openapi('Record');

const hit = z
  .object({
    ...recordShape,
    fields: recordShape.fields.optional(),
    snippet: z.string().openapi({ description: 'An excerpt around the match, which is between ⟦ and ⟧.' }),
    snippetField: z.string().nullable(),
    score: z
      .number()
      .openapi({ description: 'The level of the match; higher is better. Comparable within one reply only.' }),
  })
  .openapi('Hit');

export const searchReply = z
  .object({
    userId: z.string().openapi({ description: 'The Salesforce user for whom the search ran.' }),
    hits: z.array(hit).readonly(),
    total: z.int().openapi({
      description: 'The number of records found, counted up to 1,000; with verify, the number of hits on this page.',
    }),
    totalIsLowerBound: z.boolean(),
    isCut: z.boolean().openapi({ description: 'The search took too long and stopped. The cursor continues.' }),
    cursor: z.string().nullable().openapi({ description: 'For the next page. Null: nothing is left.' }),
  })
  .openapi('SearchReply');

const link = z.object({ kind: z.string(), ids: z.array(z.string()).readonly(), text: z.string() }).openapi('Reason');

export const explanationReply = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), username: z.string() }),
    record: z.object({
      id: z.string(),
      object: orNull(object),
      title: z.string().nullable(),
      indexedAsOf: z.string().nullable(),
    }),
    finds: z.boolean().openapi({ description: 'Whether a search as the user finds the record.' }),
    reads: z.boolean().openapi({ description: 'Whether sharing lets the user read it.' }),
    chain: z
      .array(link)
      .readonly()
      .openapi({ description: 'The shortest chain of reasons. Empty: the user cannot read the record.' }),
    ways: z.int(),
    missing: z.array(link).readonly().openapi({ description: 'What does not give access.' }),
    hiddenFields: z.array(z.string()).readonly(),
    usersAsOf: z.string(),
  })
  .openapi('Explanation');

export const statusReply = z
  .looseObject({
    connection: z.string(),
    health: z.enum(['healthy', 'degraded', 'failing']),
    problems: z.array(z.string()),
    codes: z.array(z.string()),
  })
  .openapi('Status', { description: 'What `salesforce-connector status --json` writes.' });

const kinds = Object.keys(NAME_KINDS) as [keyof typeof NAME_KINDS, ...(keyof typeof NAME_KINDS)[]];

export const meReply = z
  .object({
    user: z
      .object({ kind: z.enum(kinds), name: z.string() })
      .nullable()
      .openapi({
        description: 'The user who searches, as the credential names the user. Null: the request names none.',
      }),
    permissions: z
      .array(z.enum(PERMISSIONS))
      .readonly()
      .openapi({ description: 'What the caller may ask for beside searches and records.' }),
    caller: z.enum(CALLER_KINDS).openapi({ description: 'How the caller is known.' }),
  })
  .openapi('Caller');

export const recordParams = z.object({
  id: z
    .string()
    .regex(RECORD_ID.pattern, { error: RECORD_ID.error })
    .openapi({
      param: { name: 'id', in: 'path' },
      description: 'The record id, 15 or 18 characters.',
      example: '001Al000000001xIAA',
    }),
});

const codes = Object.keys(REQUEST_CODES) as [RequestCode, ...RequestCode[]];

/** RFC 9457. */
export const problemReply = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string().openapi({ description: 'What happened, and what to do. It may change; the code does not.' }),
    reason: z
      .string()
      .optional()
      .openapi({ description: 'Why the user is not served: unknown, ambiguous, inactive, frozen or unresolved.' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'What is wrong with the request.' }),
  })
  .openapi('Problem');

/** The header is read before anything else, so that no reply depends on a name that is not allowed. */
export const userHeader = z.object({
  [ACT_AS]: z.string().optional().openapi({
    description:
      'For service tokens: the user who searches, as id, username, federation_id or email, a colon and the percent-encoded name.',
    example: 'username:ada%40acme.example',
  }),
});
