import { EVERY_RECORD, SYSTEM_RIGHTS } from '../integration-user/required-rights.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { quotedIds, quotedText } from '../soql/literals.ts';
import { compared, count, isIn, type SoqlQuery, toSoql } from '../soql/query.ts';
import type { ResolvedSchema } from '../sync/resolved-schema.ts';

export interface AskedRights {
  /** User's internal org-wide default; null: unknown. */
  readonly userDefault: string | null;
  /** The row of UserPermissionAccess; null: the org does not show it. */
  readonly access: SalesforceRecord | null;
  /** The integration user's rows of PermissionSet, as far as it can see them. */
  readonly sets: readonly SalesforceRecord[];
  /** Objects with Compliant Data Sharing, and how many share rows it created (null: not counted). */
  readonly compliant: readonly { readonly object: string; readonly shareRows: number | null }[];
}

/**
 * Asks for the integration user's own rights, in every way there is, and for sharing that ignores the role hierarchy.
 * Takes two API calls, and leaves out what the org refuses.
 *
 * @param isCounted whether the object has few enough share rows to count them by cause, which has no index
 */
export async function askRights(
  salesforce: Salesforce,
  schema: ResolvedSchema,
  setIds: readonly string[],
  isCounted: (object: string) => boolean,
): Promise<AskedRights> {
  const columns = [...SYSTEM_RIGHTS.map(({ column }) => column), ...EVERY_RECORD];
  const described = await salesforce.describe(['UserPermissionAccess', ...COMPLIANT.map(participantOf)]);
  const own = listed(described.get('UserPermissionAccess')?.fields, columns);
  const compliant = COMPLIANT.filter((object) => described.get(participantOf(object)));
  const ofSets = listed(schema.describes.get('PermissionSet')?.fields, columns);
  const queries: (SoqlQuery | null)[] = [
    USER_DEFAULT,
    own.length === 0 ? null : { select: own, from: 'UserPermissionAccess' },
    setIds.length === 0 || ofSets.length === 0
      ? null
      : { select: ofSets, from: 'PermissionSet', where: [isIn('Id', quotedIds(setIds))] },
    ...compliant.map((object) => (isCounted(object) ? compliantShares(object) : null)),
  ];
  const asked = queries.filter((query) => query !== null);
  const answers = await salesforce.queryMany(asked.map(toSoql));
  const [entity = [], access = [], sets = [], ...counts] = queries.map((query) => {
    const answer = query === null ? undefined : answers[asked.indexOf(query)];
    return answer?.ok ? answer.records : [];
  });
  const model = entity[0]?.InternalSharingModel;
  return {
    userDefault: typeof model === 'string' ? model : null,
    access: access[0] ?? null,
    sets,
    compliant: compliant.map((object, at) => {
      const rows = counts[at]?.[0]?.n;
      return { object, shareRows: typeof rows === 'number' ? rows : null };
    }),
  };
}

const USER_DEFAULT: SoqlQuery = {
  select: ['InternalSharingModel'],
  from: 'EntityDefinition',
  where: [compared('QualifiedApiName', '=', quotedText('User'))],
};

function compliantShares(object: string): SoqlQuery {
  const where = [compared('RowCause', '=', quotedText('CompliantDataSharing'))];
  return { select: [count()], from: `${object}Share`, where };
}

/** The two objects whose participants Financial Services stores, in `<object>Participant`. */
const COMPLIANT = ['Account', 'Opportunity'] as const;

function participantOf(object: string): string {
  return `${object}Participant`;
}

/** The columns that exist, according to describe. */
function listed(fields: readonly { readonly name: string }[] | undefined, wanted: readonly string[]): string[] {
  const has = new Set(fields?.map((field) => field.name));
  return wanted.filter((column) => has.has(column));
}
