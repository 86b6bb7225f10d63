import { EVERY_RECORD, SYSTEM_RIGHTS } from '../access/integration-rights.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { quotedIds, quotedText } from '../soql/literals.ts';
import { compared, count, isIn, type SoqlQuery, toSoql } from '../soql/query.ts';
import type { Selection } from '../sync/selection.ts';

export interface AskedRights {
  /** User's internal org-wide default; null: the org does not say it. */
  readonly userDefault: string | null;
  /** The row of UserPermissionAccess; null: the org does not answer it. */
  readonly access: SalesforceRecord | null;
  /** Rows of PermissionSet that count for the integration user, as far as it sees them. */
  readonly sets: readonly SalesforceRecord[];
  /** Objects that have Compliant Data Sharing, and how many share rows it has made (null: they are not counted). */
  readonly compliant: readonly { readonly object: string; readonly shareRows: number | null }[];
}

/**
 * Asks for the integration user's own rights in every way there is, and for what shares records past the role hierarchy.
 * Two API calls; what is refused is left out.
 *
 * @param isCounted whether share rows of the object are few enough to be counted by their cause, which has no index
 */
export async function askRights(
  salesforce: Salesforce,
  selection: Selection,
  setIds: readonly string[],
  isCounted: (object: string) => boolean,
): Promise<AskedRights> {
  const columns = [...SYSTEM_RIGHTS.map(({ column }) => column), ...EVERY_RECORD];
  const described = await salesforce.describe(['UserPermissionAccess', ...COMPLIANT.map(participantOf)]);
  const own = listed(described.get('UserPermissionAccess')?.fields, columns);
  const compliant = COMPLIANT.filter((object) => described.get(participantOf(object)));
  const ofSets = listed(selection.describes.get('PermissionSet')?.fields, columns);
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

/** Financial Services keeps who takes part in a record in `<object>Participant`, of these two. */
const COMPLIANT = ['Account', 'Opportunity'] as const;

function participantOf(object: string): string {
  return `${object}Participant`;
}

/** The wanted columns that describe lists. */
function listed(fields: readonly { readonly name: string }[] | undefined, wanted: readonly string[]): string[] {
  const has = new Set(fields?.map((field) => field.name));
  return wanted.filter((column) => has.has(column));
}
