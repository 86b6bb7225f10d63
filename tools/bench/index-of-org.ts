import { resolveMembership } from '../../src/access/membership.ts';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import type { FencingToken } from '../../src/index/port/admission.ts';
import type { RecordWrite, ShareWrite } from '../../src/index/port/documents.ts';
import type { RunStore } from '../../src/index/port/run-store.ts';
import { STANDARD_FIELDS } from '../../src/objects/index.ts';
import { idOf, largeOrg, sizeFor } from './large-org.ts';

const { fields } = STANDARD_FIELDS;

/** Creates an index with the users of a large org, and no documents. */
export async function indexOfOrg(path: string, users: number): Promise<{ store: RunStore; fence: FencingToken }> {
  const tables = largeOrg(sizeFor(users));
  const store = await openRunStore({ index: indexAt(path), create: true });
  const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: idOf('00D', 1) };
  const now = new Date().toISOString();
  await store.admit(fence, { backfillStart: null, now });
  await store.begin(fence, null);
  const resolved = resolveMembership(tables, { fields, now, frozenUsers: 'closed', documents: null });
  await store.replaceMembership(
    fence,
    { asOf: 1, gaps: [], fields, groups: [], shared: [], tables, readings: {} },
    resolved.members,
    resolved.names,
  );
  return { store, fence };
}

/** Returns the nth case of an index. Each is a minute later than the one before. */
export function caseOf(nth: number, owner: number, texts: Readonly<Record<string, string>>): RecordWrite {
  return {
    id: idOf('500', nth),
    object: 'Case',
    ownerId: idOf('005', owner),
    accountId: null,
    isPrivate: false,
    isPersonAccount: false,
    fields: { CaseNumber: String(nth).padStart(8, '0'), ...texts },
    modified: new Date(1_700_000_000_000 + nth * 60_000).toISOString(),
    version: 1,
  };
}

/** Returns a case's only share row, its owner's. */
export function ownerShare({ id, ownerId }: RecordWrite): ShareWrite {
  return {
    parentId: id,
    object: 'Case',
    rowCount: 1,
    rows: [{ grantee: ownerId ?? '', cause: 'Owner', opens: ['Case'] }],
    version: 1,
  };
}
