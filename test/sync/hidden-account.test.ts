import { afterEach, expect, it } from 'vitest';
import { orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

let org: SandboxOrg;
let sync: SyncRunner;
afterEach(async () => {
  sync.close();
  await org.close();
});

it('contacts whose account the integration user cannot read are reported and hidden, even from owners', async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12, settings: { hidden_fields: ['Contact.AccountId'] } }));
  sync = createSyncRunner(org.url);
  const { gaps } = await sync.complete();
  expect(gaps).toContainEqual({ code: 'deciding_field_hidden', object: 'Contact', field: 'AccountId', count: 1 });
  for (const as of [PEOPLE.seller, PEOPLE.otherSeller, PEOPLE.manager, PEOPLE.chief]) {
    const found = (await sync.found(as)).filter((id) => id.startsWith('003'));
    const readable = org.readable(as, 'Contact');
    expect(found.filter((id) => !readable.includes(id))).toEqual([]);
  }
  expect((await sync.found(PEOPLE.seller)).filter((id) => id.startsWith('003'))).toEqual([]);
  expect((await sync.found(PEOPLE.admin)).filter((id) => id.startsWith('003')).length).toBeGreaterThan(0);
});
