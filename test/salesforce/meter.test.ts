import { describe, expect, test } from 'vitest';
import { Meter } from '../../src/salesforce/meter.ts';
import { clientOf, page, refusal, rowsOf, scriptedOrg } from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const ROW = { Id: '001000000000001AAA' };
const answered = { json: page([ROW], 1) };

const read = ({ calls, tokenRequests }: Meter) => ({ calls, tokenRequests });

describe('a meter', () => {
  test('counts requests of its client, and not what others request at the same time', async () => {
    const org = await scriptedOrg({ api: () => answered });
    const client = clientOf(org);
    const [one, other] = [new Meter(), new Meter()];
    const ask = async (meter: Meter, times: number) => {
      const metered = client.metered(meter);
      for (let time = 0; time < times; time += 1) await rowsOf(metered.query(SOQL));
    };
    await Promise.all([ask(one, 2), ask(other, 5), rowsOf(client.query(SOQL))]);
    expect([one.calls, other.calls, client.calls]).toEqual([2, 5, 8]);
    expect(org.seen).toHaveLength(8);
  });

  test('counts every try of a request, and every page', async () => {
    const replies = [
      refusal(503, 'SERVER_UNAVAILABLE'),
      { json: page([ROW], 2, '/services/data/v67.0/query/01g-2000') },
      { by: (response: { destroy(): void }) => void response.destroy() },
      { json: page([ROW], 2) },
    ];
    const org = await scriptedOrg({ api: (_, index) => replies[index] ?? refusal(404, 'NOT_FOUND') });
    const meter = new Meter();
    expect(await rowsOf(clientOf(org).metered(meter).query(SOQL))).toHaveLength(2);
    expect(meter.calls).toBe(4);
  });

  test('counts no request that the org does not count', async () => {
    const org = await scriptedOrg({ api: () => ({ json: [{ version: '67.0', label: 'x', url: '/' }] }) });
    const meter = new Meter();
    const client = clientOf(org).metered(meter);
    await client.versions();
    expect(read(meter)).toEqual({ calls: 0, tokenRequests: 1 });
  });

  test('counts the token request that its client began, but not one that it only waited for', async () => {
    const org = await scriptedOrg({ api: () => answered });
    const client = clientOf(org);
    const [one, other] = [new Meter(), new Meter()];
    const first = client.metered(one).organizationId();
    await Promise.all([first, client.metered(other).organizationId()]);
    expect([read(one), read(other)]).toEqual([
      { calls: 0, tokenRequests: 1 },
      { calls: 0, tokenRequests: 0 },
    ]);
    await client.metered(other).authenticate();
    expect([one.tokenRequests, other.tokenRequests, client.tokenRequests]).toEqual([1, 1, 2]);
  });

  test('counts a token renewal in the middle of a request', async () => {
    const org = await scriptedOrg({ api: (_, index) => (index === 1 ? refusal(401, 'INVALID_SESSION_ID') : answered) });
    const client = clientOf(org);
    await rowsOf(client.query(SOQL));
    const meter = new Meter();
    await rowsOf(client.metered(meter).query(SOQL));
    expect(read(meter)).toEqual({ calls: 2, tokenRequests: 1 });
  });

  test('nested in another meter counts for both', async () => {
    const org = await scriptedOrg({ api: () => answered });
    const [whole, part] = [new Meter(), new Meter()];
    const metered = clientOf(org).metered(whole);
    await rowsOf(metered.query(SOQL));
    await rowsOf(metered.metered(part).query(SOQL));
    expect([whole.calls, part.calls, metered.calls]).toEqual([2, 1, 2]);
  });

  test("changes nothing else: token, clock and usage remain the client's", async () => {
    const headers = { 'Sforce-Limit-Info': 'api-usage=18/5000', Date: 'Tue, 24 Nov 2026 08:00:00 GMT' };
    const org = await scriptedOrg({ api: () => ({ ...answered, headers }) });
    const client = clientOf(org);
    const metered = client.metered(new Meter());
    await rowsOf(metered.query(SOQL));
    await rowsOf(client.query(SOQL));
    expect([client.usage, client.userId]).toEqual([metered.usage, metered.userId]);
    expect(client.usage).toEqual({ used: 18, limit: 5000 });
    expect(org.tokenRequests).toHaveLength(1);
  });
});
