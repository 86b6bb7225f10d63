import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { sfId } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { CLIENT, pick, served } from './served.ts';

test('client credentials in the body get a token in Salesforce’s format', async () => {
  const org = await served(SMALL_ORG);
  const { status, body } = await org.token();
  const id = `https://login.salesforce.com/id/${sfId('00D', 1)}/${USERS.integration}`;
  expect(status).toBe(200);
  expect(body).toMatchObject({ id, token_type: 'Bearer', scope: 'api', token_format: 'opaque', instance_url: org.url });
  const issuedAt = String(pick(body, 'issued_at'));
  expect(issuedAt).toMatch(/^\d{13}$/);
  expect(pick(body, 'signature')).toBe(
    createHmac('sha256', 'sandbox')
      .update(id + issuedAt)
      .digest('base64'),
  );
});

test('client credentials as HTTP Basic get a token', async () => {
  const org = await served(SMALL_ORG);
  const basic = `Basic ${Buffer.from('sandbox:sandbox').toString('base64')}`;
  const { status } = await org.token({ grant_type: 'client_credentials' }, { Authorization: basic });
  expect(status).toBe(200);
});

test.each([
  ['a wrong key', { ...CLIENT, client_id: 'other' }, 'invalid_client_id', 'client identifier invalid'],
  ['a wrong secret', { ...CLIENT, client_secret: 'other' }, 'invalid_client', 'invalid client credentials'],
  ['another grant', { ...CLIENT, grant_type: 'password' }, 'unsupported_grant_type', 'grant type not supported'],
])('%s is refused', async (_what, form, error, description) => {
  const org = await served(SMALL_ORG);
  const { status, body } = await org.token(form);
  expect({ status, body }).toEqual({ status: 400, body: { error, error_description: description } });
});

test('an inactive Run-As user gets no token', async () => {
  const org = await served(SMALL_ORG, { run_as: USERS.inactive });
  expect((await org.token()).body).toMatchObject({ error: 'inactive_user' });
});

test.each([
  ['invalid_grant', 'no client credentials user enabled', 400],
  ['invalid_grant', 'request not supported on this domain', 400],
  ['invalid_app_access', 'user is not admin approved to access this app', 400],
  ['invalid_grant', 'client credentials flow not enabled', 400],
  ['invalid_grant', 'no valid scopes', 400],
  ['unknown_error', 'retry your request', 503],
])('the switch makes %s / %s, until it is reset', async (error, description, status) => {
  const org = await served(SMALL_ORG);
  await org.control('POST', 'token', { fail: { status, error, error_description: description } });
  const refused = await org.token();
  expect(refused).toMatchObject({ status, body: { error, error_description: description } });
  await org.control('POST', 'token', { fail: null });
  expect((await org.token()).status).toBe(200);
});

const EXPIRED = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];

test('a session expires after its lifetime on the org’s clock, and each use extends it', async () => {
  const org = await served(SMALL_ORG, { session_seconds: 600 });
  const session = await org.login();
  const soql = 'SELECT Id FROM Account';
  await org.control('POST', 'clock', { advance_seconds: 400 });
  expect((await org.query(soql, session)).status).toBe(200);
  await org.control('POST', 'clock', { advance_seconds: 400 });
  expect((await org.query(soql, session)).status).toBe(200);
  await org.control('POST', 'clock', { advance_seconds: 601 });
  expect(await org.query(soql, session)).toMatchObject({ status: 401, body: EXPIRED });
});

test('all sessions can be expired, and a new one works', async () => {
  const org = await served(SMALL_ORG);
  const session = await org.login();
  await org.control('POST', 'sessions/expire');
  expect(await org.query('SELECT Id FROM Account', session)).toMatchObject({ status: 401, body: EXPIRED });
  expect((await org.query('SELECT Id FROM Account')).status).toBe(200);
});

test.each([
  ['no token', {}],
  ['a made-up token', { Authorization: 'Bearer 00D000000000001!made.up' }],
])('%s is not a session', async (_what, headers) => {
  const org = await served(SMALL_ORG);
  expect(await org.query('SELECT Id FROM Account', headers)).toMatchObject({ status: 401, body: EXPIRED });
});
