import { expect, it } from 'vitest';
import { bad, checkOf, finding, goodOrg } from './checked.ts';

it('warns about a field that the org does not have, with the nearest name', async () => {
  const report = await checkOf(await goodOrg(), { objects: { Account: { fields: { add: ['Fxa'] } } } });
  expect(finding(report, 'objects')).toMatchObject({
    status: 'warning',
    found: expect.stringContaining('did you mean Fax'),
  });
  expect(report.status).toBe('warning');
});

it('fails in one line for a condition that the org refuses', async () => {
  const report = await checkOf(await goodOrg(), { objects: { Case: { where: 'Nonsense__c = 1' } } });
  expect(finding(report, 'objects')).toMatchObject({
    status: 'failed',
    found: expect.stringMatching(/^objects\.Case\.where in the config file: the org refuses the condition .*$/),
  });
  expect(report.stopped).toContain('every run would fail');
});

it('reports no missing right for what is left out or off', async () => {
  const off = { Lead: 'off', Account: { fields: { leave_out: ['Fax'] } } };
  expect(bad(await checkOf(await goodOrg(), { objects: off }))).toEqual(bad(await checkOf(await goodOrg())));
});
