import type { Random } from '@salesforce-connector/sandbox/testing';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { changeAtRandom } from './changes.ts';
import { beforeEnd, type Fault } from './fault.ts';
import type { Change, Org, Row } from './org.ts';
import { waitFor } from './wait.ts';

interface Match {
  readonly path?: string;
  readonly query?: string;
  readonly rows_over?: number;
}

const DATA: Match = { path: '/services/data/' };
/** The integration user's permission set in a generated org. */
const OWN_SET = 'Search Index';
const ROWS: Match = { query: 'ORDER BY' };
const SHARES = ['AccountShare', 'CaseShare', 'OpportunityShare', 'LeadShare'] as const;

/**
 * The sandbox's faults by name, and the requests that they affect. packages/sandbox/README.md says what the client sees of each.
 */
const REPLIES: readonly (readonly [reply: string, match: Match, kind: Fault['in']])[] = [
  ['reset', DATA, 'both'],
  ['reset-midway', DATA, 'both'],
  ['unavailable-html', DATA, 'both'],
  ['unavailable-json', DATA, 'both'],
  ['session-expired', DATA, 'both'],
  ['limit-concurrent', DATA, 'both'],
  ['limit-long-running', DATA, 'both'],
  ['unknown-exception', DATA, 'both'],
  ['truncated-json', DATA, 'both'],
  ['truncated-gzip', DATA, 'both'],
  ['empty-406', DATA, 'both'],
  ['page-420', DATA, 'both'],
  ['slow', DATA, 'both'],
  ['moved', DATA, 'both'],
  ['locator-expired', DATA, 'complete'],
  ['short-pages', ROWS, 'complete'],
  ['query-timeout', { ...ROWS, rows_over: 12 }, 'complete'],
];

export const ORG_FAULTS: readonly Fault[] = [
  ...REPLIES.map(([reply, match, kind]) => orgFault(reply, match, kind)),
  orgChanges('owner changed', 'traced', async (one, random) => {
    const [object, owner] = [random.pick(['Account', 'Lead']), await one('User', (row) => row.IsActive === true)];
    return { object, changes: [{ put: object, row: { Id: (await one(object)).Id, OwnerId: owner.Id } }] };
  }),
  orgChanges('records deleted', 'traced', async (one) => {
    return { object: 'Contact', changes: [{ delete: 'Account', id: (await one('Account')).Id }] };
  }),
  orgChanges('record undeleted', 'traced', async (one, _random, org) => {
    const { Id } = await one('Case');
    await org.change({ delete: 'Case', id: Id });
    return { object: 'Case', changes: [{ undelete: 'Case', id: Id }] };
  }),
  orgChanges('accounts merged', 'traced', async (one) => {
    const master = await one('Account');
    const loser = await one('Account', (row) => row.Id !== master.Id);
    return { object: 'Account', changes: [{ merge: 'Account', master: master.Id, losers: [loser.Id] }] };
  }),
  orgChanges('lead converted', 'traced', async (one) => {
    const lead = await one('Lead', (row) => row.IsConverted !== true);
    return { object: 'Lead', changes: [{ convert: 'Lead', id: lead.Id, opportunity: true }] };
  }),
  orgChanges('record deleted for good', 'traceless', async (one) => {
    return { object: 'Account', changes: [{ erase: 'Contact', id: (await one('Contact')).Id }] };
  }),
  orgChanges('recycle bin purged', 'traceless', async (one, _random, org) => {
    await org.change({ delete: 'Opportunity', id: (await one('Opportunity')).Id });
    return { object: 'Opportunity', changes: [{ purge: 'Opportunity' }] };
  }),
  goneBetweenPages('records deleted', 'delete_ahead', OBJECT_NAMES),
  goneBetweenPages('records erased', 'erase_ahead', OBJECT_NAMES),
  goneBetweenPages('share rows erased', 'erase_ahead', SHARES),
  tokenEndpointDown(),
  tokensRefused(),
  viewAllLost('for two runs'),
  viewAllLost('during a run'),
];

function orgFault(reply: string, match: Match, kind: Fault['in']): Fault {
  return {
    name: `org: ${reply}`,
    kind: 'fault',
    in: kind,
    async inject({ world, random, earliest, start, killed }) {
      const skip = earliest ? 0 : random.between(0, 3);
      await world.org.setFaults([{ match: { ...match, skip }, times: random.between(1, 2), reply }]);
      const run = await start();
      await beforeEnd(run, `org: ${reply}`, async () => await hasFired(world.org));
      await killed(run, `org: ${reply}, after ${skip} requests`);
    },
  };
}

async function hasFired(org: Org): Promise<boolean> {
  return (await org.fired()).some((times) => times > 0);
}

type Pick = (object: string, where?: (row: Row) => boolean) => Promise<Row>;

/**
 * Changes the org's records while a page of the object is being answered. Changes that leave no trace in Salesforce are
 * found by the next run, a complete backfill.
 */
function orgChanges(
  what: string,
  trace: 'traced' | 'traceless',
  choose: (one: Pick, random: Random, org: Org) => Promise<{ object: string; changes: readonly Change[] }>,
): Fault {
  const name = `org: ${what} while paging`;
  return {
    name,
    kind: 'fault',
    in: 'both',
    async inject({ world: { org, runs }, random, earliest, start, killed }) {
      const one: Pick = async (object, where = () => true) =>
        random.pick((await org.rows(object)).filter((row) => row.IsDeleted !== true && where(row)));
      const { object, changes } = await choose(one, random, org);
      const skip = earliest ? 0 : random.between(0, 2);
      await org.setFaults([{ match: { query: `FROM ${object} `, skip }, reply: { change: changes } }]);
      const run = await start();
      await beforeEnd(run, name, async () => await hasFired(org));
      await killed(run, `${name}, at query ${skip + 1} of ${object}`);
      if (trace === 'traced') return;
      await waitFor('the end of the run', async () => (await run.show()).status !== 'RUNNING');
      await runs.force();
    },
  };
}

/**
 * Removes rows after a query has found them, and before their page is requested, however often that is. Erased rows
 * leave no trace; the next run, a complete backfill, finds that they are gone.
 */
function goneBetweenPages(what: string, fault: 'delete_ahead' | 'erase_ahead', objects: readonly string[]): Fault {
  const name = `org: ${what} between pages`;
  return {
    name,
    kind: 'fault',
    in: 'complete',
    async inject({ world: { org, runs }, random, start, killed }) {
      const [object, rows] = [random.pick(objects), random.between(1, 3)];
      const match = { query: `FROM ${object} ` };
      await org.setFaults([{ match, times: random.between(1, 3), reply: { [fault]: rows } }]);
      const run = await start();
      await beforeEnd(run, name, () => hasFired(org));
      await killed(run, `${name}, ${rows} of ${object}`);
      if (fault === 'delete_ahead') return;
      await waitFor('the end of the run', async () => (await run.show()).status !== 'RUNNING');
      await runs.force();
    },
  };
}

function tokenEndpointDown(): Fault {
  return {
    name: 'org: token endpoint down',
    kind: 'fault',
    in: 'both',
    async inject({ world, random, start, killed }) {
      await world.org.expireSessions();
      const match = { path: '/oauth2/token' };
      await world.org.setFaults([{ match, times: random.between(1, 3), reply: 'unavailable-html' }]);
      const run = await start();
      await beforeEnd(run, 'org: token endpoint down', async () => await hasFired(world.org));
      await killed(run, 'org: token endpoint down');
    },
  };
}

function tokensRefused(): Fault {
  return {
    name: 'org: credentials revoked',
    kind: 'fault',
    in: 'both',
    async inject({ world, start, killed }) {
      await world.org.failTokens({
        status: 400,
        error: 'invalid_grant',
        error_description: 'no client credentials user enabled',
      });
      await world.org.expireSessions();
      try {
        const run = await start();
        await waitFor('the run to fail', async () => (await run.show()).status === 'FAILED');
        await killed(run, 'org: credentials revoked');
      } finally {
        await world.org.failTokens(null);
      }
    },
  };
}

/**
 * Hides a part of an object from the integration user at some point in the run, while the org continues to change.
 * Shows everything again before the next run, or after it.
 */
function viewAllLost(howLong: 'for two runs' | 'during a run'): Fault {
  const name = `org: View All lost ${howLong}`;
  return {
    name,
    kind: 'fault',
    in: 'both',
    async inject({ world: { org, runs }, random, earliest, start, killed }) {
      const object = random.pick(OBJECT_NAMES);
      const own = (await org.rows('PermissionSet')).find((row) => row.Name === OWN_SET);
      const right = (await org.rows('ObjectPermissions')).find(
        (row) => row.ParentId === own?.Id && row.SobjectType === object,
      );
      const viewAll = (held: boolean): Change => {
        return { put: 'ObjectPermissions', row: { Id: right?.Id ?? null, PermissionsViewAllRecords: held } };
      };
      const skip = earliest ? 0 : random.between(0, 9);
      await org.setFaults([{ match: { ...DATA, skip }, reply: { change: [viewAll(false)] } }]);
      const run = await start();
      await beforeEnd(run, name, () => hasFired(org));
      await killed(run, `${name}, of ${object}, at request ${skip + 1}`);
      await waitFor('the end of the run', async () => (await run.show()).status !== 'RUNNING');
      if (howLong === 'for two runs') {
        await changeAtRandom(org, random, 'any run');
        await nextRun();
      }
      await org.change(viewAll(true));
      await nextRun();

      async function nextRun(): Promise<void> {
        const next = await runs.trigger();
        await waitFor('the end of the next run', async () => (await next.show()).status === 'COMPLETED');
      }
    },
  };
}
