import { expect, it } from 'vitest';
import { bad, checkOf, finding, goodOrg } from './checked.ts';

it('a field that the org does not have is a warning, with the nearest name', async () => {
  const report = await checkOf(await goodOrg(), { objects: { Account: { fields: { add: ['Fxa'] } } } });
  expect(finding(report, 'objects')).toMatchObject({
    status: 'warning',
    found: expect.stringContaining('did you mean Fax'),
  });
  expect(report.status).toBe('warning');
});

it('a condition that the org refuses is a failure, in one line', async () => {
  const report = await checkOf(await goodOrg(), { objects: { Case: { where: 'Nonsense__c = 1' } } });
  expect(finding(report, 'objects')).toMatchObject({
    status: 'failed',
    found: expect.stringMatching(/^objects\.Case\.where in the config file: the org refuses the condition .*$/),
  });
  expect(report.stopped).toContain('every run would fail');
});

it('what is left out or off is nobody’s missing right', async () => {
  const off = { Lead: 'off', Account: { fields: { leave_out: ['Fax'] } } };
  expect(bad(await checkOf(await goodOrg(), { objects: off }))).toEqual(bad(await checkOf(await goodOrg())));
});
