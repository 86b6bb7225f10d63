import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describingProxy } from '../sync/describing-proxy.ts';
import { recordId } from '../sync/org-folder.ts';
import { createSyncRunner } from '../sync/sync-runner.ts';
import { bad, checkOf, finding, goodOrg } from './checked.ts';

/** A good org behind a proxy that hides these fields from now on. */
async function hiding() {
  const org = await goodOrg();
  const proxy = await describingProxy(org.url);
  onTestFinished(() => proxy.close());
  const hide = (...hidden: readonly string[]): void => {
    proxy.describe = (object, field) => (hidden.includes(`${object}.${field.name}`) ? null : field);
  };
  return { org, url: proxy.url, hide };
}

const NOWHERE = () => join(mkdtempSync(join(tmpdir(), 'no-index-')), 'index.db');

describe('a default field that is not visible', () => {
  it('is a warning if it was never in the index', async () => {
    const { url, hide } = await hiding();
    hide('Account.Fax');
    const report = await checkOf({ url }, { index: { path: NOWHERE() } });
    expect(bad(report)).toEqual(['warning Account.fields']);
    expect(finding(report, 'Account.fields')?.closes).toBe('matches in it: it is not in the index');
    expect(report.status).toBe('warning');
  });

  it('is a failure if the index had it, and says what to grant or to leave out', async () => {
    const { url, hide } = await hiding();
    const sync = createSyncRunner(url);
    onTestFinished(() => sync.close());
    await sync.complete();
    hide('Account.Fax', 'Account.Phone');
    for (const _ of ['before a run', 'after it']) {
      const report = await checkOf({ url }, { index: { path: sync.path } });
      expect(bad(report)).toEqual(['failed Account.lost']);
      expect(report.status).toBe('failed');
      expect(finding(report, 'Account.lost')).toMatchObject({
        found: 'Account: Phone, Fax are not visible',
        remedy:
          'Grant Read on these fields of Account (Object Settings › Field Permissions). Or leave them out under objects in the config file.',
      });
      await sync.run();
    }
    const leftOut = { Account: { fields: { leave_out: ['Fax', 'Phone'] } } };
    expect(bad(await checkOf({ url }, { index: { path: sync.path }, objects: leftOut }))).toEqual([]);
  });

  it('is a failure if it is a title', async () => {
    const { url, hide } = await hiding();
    hide('Case.Subject');
    const report = await checkOf({ url }, { index: { path: NOWHERE() } });
    expect(bad(report)).toEqual(['failed Case.lost']);
    expect(finding(report, 'Case.lost')).toMatchObject({
      found: 'Case: Subject is not visible',
      closes: 'matches in it, which users rely on: it is a title, or was in the index before',
      remedy:
        'Grant Read on this field of Case (Object Settings › Field Permissions). Or leave it out under objects in the config file.',
    });
    expect(bad(await checkOf({ url }, { index: { path: NOWHERE() }, objects: { Case: 'off' } }))).toEqual([]);
  });
});

describe('IsPersonAccount of contacts that is not visible', () => {
  const privateContacts = (DefaultContactAccess: string) => ({
    put: 'Organization',
    row: { Id: recordId('00D', 1), DefaultContactAccess },
  });

  it.each([
    ['with person accounts, and contacts with their own sharing', true, 'None', ['failed Contact.access']],
    ['with person accounts, and contacts controlled by parent', true, 'ControlledByParent', []],
    ['without person accounts', false, 'None', []],
  ])('is a finding that depends on the org: %s', async (_, hasThem, access, expected) => {
    const org = await goodOrg();
    const proxy = await describingProxy(org.url);
    onTestFinished(() => proxy.close());
    await org.change(privateContacts(access));
    proxy.describe = (object, field) =>
      object === 'Account' && field.name === 'ParentId' && hasThem ? { ...field, name: 'PersonContactId' } : field;
    const report = await checkOf({ url: proxy.url }, { index: { path: NOWHERE() } });
    // No contact has a share row here, which is another finding.
    expect(bad(report).filter((line) => !line.includes('ContactShare'))).toEqual(expected);
    if (expected.length > 0)
      expect(finding(report, 'Contact.access')).toMatchObject({
        closes: expect.stringContaining('only access that covers both the contact and its account counts'),
        remedy: 'Find out what hides IsPersonAccount: Salesforce shows it to everyone who can read contacts.',
      });
  });
});
