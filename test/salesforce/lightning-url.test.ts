import { expect, it } from 'vitest';
import { lightningOrigin, recordUrl } from '../../src/salesforce/lightning-url.ts';

it.each([
  ['a production org', 'https://acme.my.salesforce.com', 'https://acme.lightning.force.com'],
  ['a sandbox', 'https://acme--dev.sandbox.my.salesforce.com', 'https://acme--dev.sandbox.lightning.force.com'],
  [
    'a sandbox from before enhanced domains',
    'https://acme--dev.my.salesforce.com',
    'https://acme--dev.lightning.force.com',
  ],
  [
    'a developer edition',
    'https://acme-dev-ed.develop.my.salesforce.com',
    'https://acme-dev-ed.develop.lightning.force.com',
  ],
  ['a scratch org', 'https://fast-fox-1.scratch.my.salesforce.com', 'https://fast-fox-1.scratch.lightning.force.com'],
  ['a playground', 'https://kind-owl.trailblaze.my.salesforce.com', 'https://kind-owl.trailblaze.lightning.force.com'],
  ['a demo org', 'https://acme.demo.my.salesforce.com', 'https://acme.demo.lightning.force.com'],
  ['a military org', 'https://acme.my.salesforce.mil', 'https://acme.lightning.crmforce.mil'],
  ['its sandbox', 'https://acme--dev.sandbox.my.salesforce.mil', 'https://acme--dev.sandbox.lightning.crmforce.mil'],
  ['an org in China', 'https://acme.my.sfcrmproducts.cn', 'https://acme.lightning.sfcrmapps.cn'],
  ['an org on the loopback', 'http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ['a proxy', 'https://salesforce.acme.example:8443', 'https://salesforce.acme.example:8443'],
  [
    'a host with the same beginning only',
    'https://my.salesforce.com.acme.example',
    'https://my.salesforce.com.acme.example',
  ],
])('%s', (_, baseUrl, origin) => {
  expect(lightningOrigin(baseUrl)).toBe(origin);
});

it('links a record to its page by object and id', () => {
  expect(recordUrl('https://acme.lightning.force.com', 'Case', '500000000000001AAA')).toBe(
    'https://acme.lightning.force.com/lightning/r/Case/500000000000001AAA/view',
  );
});
