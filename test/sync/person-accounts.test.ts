import {
  type OrgTables,
  RECORDS,
  SMALL_ORG,
  sfId,
  USERS,
  type UserKey,
  writeFolder,
} from '@salesforce-connector/sandbox/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openInspector } from '../../src/index/open.ts';
import { org as organization, type Put, record, share } from '../access/cases/case.ts';
import { type DescribingProxy, describingProxy } from './describing-proxy.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** The small org with person accounts: the rep owns the account, and the leader of the east its contact. */
const PERSON_ORG: OrgTables = {
  ...SMALL_ORG,
  Account: (SMALL_ORG.Account ?? []).map((row) => ({ ...row, IsPersonAccount: row.Id === RECORDS.account })),
};

let files: ReturnType<typeof writeFolder>;
let org: SandboxOrg;
let proxy: DescribingProxy;
let sync: SyncRunner;

beforeEach(async () => {
  files = writeFolder(PERSON_ORG, { run_as: USERS.integration });
  org = await sandboxOrg(files.folder);
  proxy = await describingProxy(org.url);
  sync = createSyncRunner(proxy.url);
});

afterEach(async () => {
  sync.close();
  await proxy.close();
  await org.close();
  files.remove();
});

const hideKind = () => {
  proxy.describe = (object, field) => (object === 'Contact' && field.name === 'IsPersonAccount' ? null : field);
};

async function put(...puts: readonly Put[]): Promise<void> {
  await org.change(...puts.map(([object, row]) => ({ put: object, row })));
  await org.advanceClock(60);
}

/** Who finds the contact with an account. */
async function finders(): Promise<string[]> {
  const active = (Object.keys(USERS) as UserKey[]).filter((who) => who !== 'inactive');
  const found = await Promise.all(
    active.map(async (who) => ((await sync.found(USERS[who])).includes(RECORDS.contact) ? [who] : [])),
  );
  return found.flat();
}

/** Who reads it according to explain. Each user gets a reason why, or why not. */
async function explained(): Promise<string[]> {
  const inspector = await openInspector({ index: indexAt(sync.path) });
  const active = (Object.keys(USERS) as UserKey[]).filter((who) => who !== 'inactive');
  const told = await inspector.explainAll(active.map((who) => ({ recordId: RECORDS.contact, as: USERS[who] })));
  await inspector.close();
  for (const { reads, chain, missing } of told) expect([chain.length > 0, missing.length > 0]).toEqual([reads, !reads]);
  return active.filter((_, at) => told[at]?.reads === true);
}

function readersIn(): string[] {
  return (Object.keys(USERS) as UserKey[]).filter(
    (who) => who !== 'inactive' && org.readable(USERS[who], 'Contact').includes(RECORDS.contact),
  );
}

const PRIVATE = organization({ DefaultContactAccess: 'None' });
const KIND_HIDDEN = expect.objectContaining({ code: 'deciding_field_hidden', field: 'IsPersonAccount' });

describe.each([
  ['a person account’s contact', true],
  ['a business contact', false],
])('%s', (_, isPerson) => {
  const kind = record('Contact', 'contact', { IsPersonAccount: isPerson });

  it('is found by exactly those who read it if its kind is visible', async () => {
    await put(PRIVATE, kind);
    const { gaps } = await sync.complete();
    expect(await finders()).toEqual(readersIn());
    expect(gaps).not.toContainEqual(KIND_HIDDEN);
  });

  it('is hidden from users who reach only one side if its kind is not visible, and that is reported', async () => {
    hideKind();
    await put(PRIVATE, kind, share('Contact', USERS.viewer));
    const { gaps } = await sync.complete();
    expect(await finders()).toEqual(['integration']);
    expect(gaps).toContainEqual(KIND_HIDDEN);
    const inspector = await openInspector({ index: indexAt(sync.path) });
    const { missing } = await inspector.explain(RECORDS.contact, { as: USERS.eastLead });
    expect(missing.map(({ text }) => text).join()).toContain('it may be a person account');
    await inspector.close();
  });

  it('is found by a user who owns both, by those above, and through an account share row for both', async () => {
    hideKind();
    await put(PRIVATE, kind, record('Contact', 'contact', { OwnerId: USERS.rep }));
    await put(share('Account', USERS.roleless, { ContactAccessLevel: 'Read' }));
    await put(share('Account', USERS.viewer, { Id: sfId('00r', 2), ContactAccessLevel: 'None' }));
    await sync.complete();
    const found = await finders();
    expect(found).toEqual(['chief', 'westLead', 'rep', 'roleless', 'integration']);
    expect(readersIn()).toEqual(expect.arrayContaining(found));
    expect(await explained()).toEqual(found);
  });

  it('is what it was once its kind is visible again', async () => {
    hideKind();
    await put(PRIVATE, kind);
    await sync.complete();
    proxy.describe = (_object, field) => field;
    const { kind: run, reason } = await sync.run();
    expect({ run, reason }).toEqual({ run: 'complete', reason: expect.stringContaining('Contact') });
    expect(await finders()).toEqual(readersIn());
  });

  it('follows its account if contacts are controlled by parent', async () => {
    hideKind();
    await put(kind);
    await sync.complete();
    expect(await finders()).toEqual(readersIn());
  });
});

it('a contact of an org without person accounts is a business contact', async () => {
  proxy.describe = (_object, field) => (/^(IsPersonAccount$|Person)/.test(field.name) ? null : field);
  await put(PRIVATE);
  const { gaps } = await sync.complete();
  expect(await finders()).toEqual(readersIn());
  expect(gaps).not.toContainEqual(KIND_HIDDEN);
});
