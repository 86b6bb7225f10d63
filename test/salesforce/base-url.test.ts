import { describe, expect, test } from 'vitest';
import { normalizeBaseUrl } from '../../src/salesforce/base-url.ts';
import { ConfigurationError } from '../../src/salesforce/errors.ts';

describe('normalizeBaseUrl', () => {
  test.each([
    ['keeps a My Domain URL', 'https://acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
    ['adds a missing https scheme', 'acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
    [
      'drops path, query and slash',
      ' https://acme.my.salesforce.com/lightning/page?x=1 ',
      'https://acme.my.salesforce.com',
    ],
    ['lowers upper case', 'HTTPS://Acme.My.Salesforce.com/', 'https://acme.my.salesforce.com'],
    [
      'keeps the host of a sandbox org',
      'acme--uat.sandbox.my.salesforce.com',
      'https://acme--uat.sandbox.my.salesforce.com',
    ],
    ['accepts plain http for the loopback', 'http://127.0.0.1:4711/', 'http://127.0.0.1:4711'],
    ['accepts plain http for localhost', 'http://localhost:80', 'http://localhost'],
    ['accepts plain http for the IPv6 loopback', 'http://[::1]:9', 'http://[::1]:9'],
  ])('%s', (_name, text, expected) => {
    expect(normalizeBaseUrl(text)).toBe(expected);
  });

  test.each([
    ['empty text', '', /is empty/],
    ['words', 'my org', /not a web address/],
    ['another scheme', 'ftp://acme.my.salesforce.com', /ftp:/],
    ['plain http to the internet', 'http://acme.my.salesforce.com', /in the clear/],
    ['plain http to a host that only looks like the loopback', 'http://127.0.0.1.example.com', /in the clear/],
    ['login.salesforce.com', 'https://login.salesforce.com', /login\.salesforce\.com/],
    ['test.salesforce.com', 'test.salesforce.com', /test\.salesforce\.com/],
    ['a site', 'https://acme.my.site.com', /does not serve the API/],
    ['a host name with a dot at its end', 'https://login.salesforce.com.', /ends in a dot/],
    ['a .force.com host', 'https://acme.secure.force.com', /does not serve the API/],
  ])('refuses %s, and says which form to use', (_name, text, message) => {
    let error: unknown;
    try {
      normalizeBaseUrl(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringContaining('https://<MyDomain>.my.salesforce.com'),
      retry: 'give-up',
    });
  });

  test('answers a Lightning host with the URL that was meant', () => {
    expect(() => normalizeBaseUrl('https://acme--uat.sandbox.lightning.force.com')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('https://acme--uat.sandbox.my.salesforce.com') }),
    );
  });

  test('refuses a password in the URL without repeating it', () => {
    expect(() => normalizeBaseUrl('https://me:hunter2@acme.my.salesforce.com')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
