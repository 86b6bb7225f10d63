import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateOrg } from '@salesforce-connector/sandbox/generate';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type AuditPlan, audit } from '../../src/audit/audit.ts';
import { drawPairs } from '../../src/audit/pairs.ts';
import { seeded } from '../../src/audit/random.ts';
import { indexAt } from '../../src/index/location.ts';
import { type IndexReader, openIndexReader } from '../../src/index/open.ts';
import { openIndex as openLibrary } from '../../src/library.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { account, caseId, lead, PEOPLE } from '../sync/org-folder.ts';
import type { SandboxOrg } from '../sync/sandbox-org.ts';
import { CREDENTIALS, type Synced, synced } from './synced.ts';

// A failure names its seed; `GENERATE_SEED=<n> npx vitest run test/audit` repeats it.
const SEED = Number(process.env.GENERATE_SEED ?? 1 + Math.floor(Math.random() * 1_000_000));
const EVERYTHING = 5_000;

async function audited({ inspector, salesforce }: Synced, as?: string, sample = EVERYTHING, seed = SEED) {
  const plans: AuditPlan[] = [];
  const announce = (plan: AuditPlan) => plans.push(plan);
  const report = await audit(inspector, salesforce, { sample, seed, announce, ...(as === undefined ? {} : { as }) });
  const differences = report.differences.map(({ kind, explanation }) => `${kind} ${explanation.record.id}`).sort();
  return { report, plan: plans[0], differences };
}

/** Every record that the org lets the user read. */
async function readable(org: SandboxOrg, userId: string): Promise<Set<string>> {
  return new Set(OBJECTS.flatMap(({ name }) => org.readable(userId, name)));
}

async function openedAt(path: string): Promise<IndexReader> {
  const index = await openIndexReader({ index: indexAt(path) });
  onTestFinished(() => index.close());
  return index;
}

async function found(path: string, as: string): Promise<Set<string>> {
  return new Set(await (await openedAt(path)).ids('', { as }));
}

it(`a good index has no leaks and no losses, and every explanation is true (GENERATE_SEED=${SEED})`, async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'audited-org-')), 'org');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  generateOrg({ folder, accounts: 20, seed: SEED });
  const world = await synced(folder);
  const { org, inspector } = world;
  const { report, plan } = await audited(world, undefined, 1_000);
  expect(report).toMatchObject({ leaks: 0, losses: 0, unanswered: 0, differences: [] });
  expect(report.agree).toBe(report.asked);
  for (const { asked } of report.objects) expect(asked).toBeGreaterThan(0);
  expect(plan).toMatchObject({ seed: SEED, pairs: report.asked, users: report.users, apiCalls: report.apiCalls });
  const calls = (await org.requests()).reduce((sum, each) => sum + each.calls, 0);
  expect(report.apiCalls).toBe(calls);

  const ids = new Set<unknown>();
  for (const name of [
    'User',
    'UserRole',
    'Group',
    'PermissionSet',
    'Territory2',
    'Organization',
    ...OBJECTS.map((object) => object.name),
  ])
    for (const { Id } of await org.rows(name)) ids.add(Id);
  const users = (await inspector.users()).slice(0, 8);
  for (const user of users) {
    const reads = await readable(org, user.id);
    const drawn = await inspector.borders(user.id, { each: 8, peers: [], random: (below) => SEED % below });
    const told = await inspector.explainAll(drawn.map(({ id }) => ({ recordId: id, as: user.id })));
    for (const { record, reads: yes, finds, chain, missing } of told) {
      expect({ as: user.username, id: record.id, yes, finds }).toEqual({
        as: user.username,
        id: record.id,
        yes: reads.has(record.id),
        finds: reads.has(record.id),
      });
      for (const link of chain)
        expect({ link, stray: link.ids.filter((id) => !ids.has(id)) }).toEqual({ link, stray: [] });
      expect(yes ? chain : missing).not.toEqual([]);
    }
  }
});

it('the same seed draws the same pairs, another seed others, and neither draws unserved users', async () => {
  const { inspector, org } = await synced();
  const drawn = async (seed: number) => {
    const pairs = await drawPairs(inspector, { sample: 60, random: seeded(seed), as: undefined });
    return pairs.map(({ user, id }) => `${user.id} ${id}`);
  };
  const first = await drawn(1);
  expect(new Set(first).size).toBe(first.length);
  expect(first.length).toBeGreaterThan(30);
  expect(first.length).toBeLessThanOrEqual(60);
  expect(await drawn(1)).toEqual(first);
  expect(await drawn(2)).not.toEqual(first);
  const users = new Set((await inspector.users()).map(({ id }) => id));
  const active = (await org.rows('User')).filter(({ IsActive }) => IsActive === true).map(({ Id }) => Id);
  expect(users).toEqual(new Set(active));
  await expect(inspector.users(PEOPLE.retired)).rejects.toThrow('is inactive');
});

it('one extra principal in the index gives exactly one leak, which verify leaves out', async () => {
  const world = await synced();
  const { org, path, tamper } = world;
  const as = PEOPLE.otherSeller;
  const before = await found(path, as);
  const reads = await readable(org, as);
  const leaked = caseId(1);
  expect([before.has(leaked), reads.has(leaked)]).toEqual([false, false]);
  await tamper('Case', leaked, [as]);
  const { report, differences } = await audited(world, as);
  expect(differences).toEqual([`leak ${leaked}`]);
  expect(report.differences[0]).toMatchObject({ border: 'one way', changed: null, explanation: { finds: true } });
  expect(report.differences[0]?.explanation.chain.at(-1)?.text).toMatch(/is shared with .* \(Manual\)$/);

  const leftOut = vi.fn();
  const index = await openLibrary(
    { baseUrl: org.url, index: { path }, credentials: CREDENTIALS },
    { onUnconfirmed: leftOut },
  );
  onTestFinished(() => index.close());
  const options = { as, types: ['Case'], limit: 200 } as const;
  const plain = await index.search('', options);
  expect(plain.hits.map(({ id }) => id)).toContain(leaked);
  expect(leftOut).not.toHaveBeenCalled();
  await expect((await openedAt(path)).search('', { as, verify: true })).rejects.toThrow(/credentials/);
  await org.clearRequests();
  const { hits, ...rest } = await index.search('', { ...options, verify: true });
  expect(rest).toEqual({ userId: as, total: plain.total - 1, totalIsLowerBound: false, isCut: false, cursor: null });
  expect(leftOut.mock.calls).toEqual([[{ userId: as, denied: 1, unverified: 0 }]]);
  expect(hits.map(({ id }) => id)).toEqual(plain.hits.map(({ id }) => id).filter((id) => id !== leaked));
  expect((await org.requests()).filter(({ path: asked }) => asked.includes('/composite'))).toHaveLength(1);
});

it('a verified hit does not name an account that Salesforce does not confirm', async () => {
  const { org, path, tamper } = await synced();
  const as = PEOPLE.agent;
  await tamper('Account', account(1), [as]);
  const index = await openLibrary({ baseUrl: org.url, index: { path }, credentials: CREDENTIALS });
  onTestFinished(() => index.close());
  const accountOf = async (verify: boolean) => {
    const { hits } = await index.search(caseId(1), { as, types: ['Case'], verify });
    return hits.map((hit) => hit.account?.id ?? null);
  };
  expect([await accountOf(false), await accountOf(true)]).toEqual([[account(1)], [null]]);
});

it('a missing principal in the index gives exactly the resulting losses', async () => {
  const world = await synced();
  const { org, path, tamper } = world;
  const as = PEOPLE.agent;
  await tamper('Account', account(5), []);
  const [reads, finds] = [await readable(org, as), await found(path, as)];
  const lost = [...reads].filter((id) => !finds.has(id));
  expect(lost).toContain(account(5));
  const { report, differences } = await audited(world, as);
  expect(differences).toEqual(lost.map((id) => `loss ${id}`).sort());
  expect(report).toMatchObject({ leaks: 0, losses: lost.length });
  expect(report.differences[0]?.explanation).toMatchObject({ finds: false, chain: [] });
});

it('reports records that have changed or gone since, and takes neither for an answer', async () => {
  const world = await synced();
  const { org, path } = world;
  const as = PEOPLE.agent;
  await org.advanceClock(60);
  await org.change(
    { put: 'Case', row: { Id: caseId(1), OwnerId: PEOPLE.otherSeller } },
    { delete: 'Lead', id: lead(1) },
  );
  const { report, differences } = await audited(world, as);
  expect(differences).toEqual([`leak ${caseId(1)}`]);
  expect(report.unanswered).toBe(1);
  expect(Date.parse(report.differences[0]?.changed ?? '')).toBeGreaterThan(Date.now());

  const leftOut = vi.fn();
  const index = await openLibrary(
    { baseUrl: org.url, index: { path }, credentials: CREDENTIALS },
    { onUnconfirmed: leftOut },
  );
  onTestFinished(() => index.close());
  const { hits } = await index.search('', { as, limit: 200, verify: true });
  expect(leftOut.mock.calls).toEqual([[{ userId: as, denied: 1, unverified: 1 }]]);
  expect(new Set(hits.map(({ id }) => id))).toEqual(await readable(org, as));
});
