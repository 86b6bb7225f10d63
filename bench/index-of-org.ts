import { resolveMembership } from '../src/access/membership.ts';
import { openIndexWriter } from '../src/index/open.ts';
import type { IndexWriter, RecordWrite, ShareWrite, Ticket } from '../src/index/port.ts';
import { STANDARD_FIELDS } from '../src/objects/index.ts';
import { idOf, largeOrg, sizeFor } from './large-org.ts';

const { fields } = STANDARD_FIELDS;

/** Makes an index that has the users of a large org, and no documents yet. */
export async function indexOfOrg(path: string, users: number): Promise<{ index: IndexWriter; ticket: Ticket }> {
  const tables = largeOrg(sizeFor(users));
  const index = await openIndexWriter({ path, create: true });
  const ticket = { run: 1, indexId: (await index.state()).indexId, organizationId: idOf('00D', 1) };
  const now = new Date().toISOString();
  await index.admit(ticket, { backfillStart: null, now });
  await index.begin(ticket, null);
  const resolved = resolveMembership(tables, { fields, now, frozenUsers: 'closed', documents: null });
  await index.replaceMembership(
    ticket,
    { asOf: 1, gaps: [], fields, groups: [], shared: [], tables, readings: {} },
    resolved.members,
    resolved.names,
  );
  return { index, ticket };
}

/** The nth case of an index, a minute after the one before. */
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

/** Its only share row: that of its owner. */
export function ownerShare({ id, ownerId }: RecordWrite): ShareWrite {
  return {
    parentId: id,
    object: 'Case',
    rowCount: 1,
    rows: [{ grantee: ownerId ?? '', cause: 'Owner', opens: ['Case'] }],
    version: 1,
  };
}
