import { OBJECT_NAMES, type ObjectName } from '../src/objects/index.ts';
import { WITH_SHARES } from './changes.ts';
import type { Disaster, Round } from './disaster.ts';
import { indexState } from './held.ts';
import type { Org } from './org.ts';
import { waitFor } from './wait.ts';

/** A table that the org refuses, or answers too slowly, for longer than a run. */
export interface LastingFault {
  readonly what: string;
  readonly in: Disaster['in'];
  /** See `Disaster`. */
  readonly untilCompared?: boolean;
  begin(round: Round): Promise<Begun>;
}

export interface Begun {
  /** What is broken, for people. */
  readonly what: string;
  /** Their documents may be stale. */
  readonly objects: readonly ObjectName[];
  /** Whether the fault has met a query. */
  hasStruck(): Promise<boolean>;
}

const REFUSED = { part: { status: 400, errorCode: 'OPERATION_REFUSED', message: 'not today' } };
const BROKEN = { part: { status: 500, errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred.' } };
const TOO_COMPLICATED = { part: { status: 400, errorCode: 'QUERY_TOO_COMPLICATED', message: 'Too many fields.' } };
/** Out of a hundred refusals that come as an error that should pass, and does not. */
const BROKEN_PERCENT = 25;

export const BROKEN_TABLES: readonly LastingFault[] = [
  refused('records refused', OBJECT_NAMES, (object) => `FROM ${object} `),
  refused('share table refused', WITH_SHARES, (object) => `FROM ${object}Share `),
  slowDates('share dates time out', false),
  slowDates('share dates time out for good', true),
  tooComplicated(),
  slowTables(),
];

function refused(what: string, objects: readonly ObjectName[], query: (object: ObjectName) => string): LastingFault {
  return {
    what,
    in: 'both',
    async begin({ world: { org }, random }) {
      const object = random.pick(objects);
      const reply = random.chance(BROKEN_PERCENT) ? BROKEN : REFUSED;
      await org.setFaults([{ match: { query: query(object) }, times: 'always', reply }]);
      return {
        what: `${query(object).trim()}: ${reply.part.errorCode}`,
        objects: [object],
        hasStruck: () => fired(org),
      };
    },
  };
}

/** Runs compare the share rows by ranges of their parents instead, until a complete backfill has read them. */
function slowDates(what: string, untilCompared: boolean): LastingFault {
  return {
    what,
    in: 'incremental',
    untilCompared,
    async begin({ world, random }) {
      const { org } = world;
      const isAsked = async () => {
        const { shareLooks, blocked } = await indexState(world);
        return WITH_SHARES.filter(
          (name) => shareLooks[name] === undefined && !blocked.some(({ object }) => object === name),
        );
      };
      let asked = await isAsked();
      if (asked.length === 0) {
        await world.runs.force();
        const run = await world.runs.trigger();
        await waitFor('a complete backfill', async () => (await run.show()).status === 'COMPLETED');
        asked = await isAsked();
      }
      const object = random.pick(asked);
      const query = `FROM ${object}Share WHERE LastModifiedDate`;
      await org.setFaults([{ match: { query }, times: 'always', reply: 'query-timeout' }]);
      return { what: `dates of ${object}Share`, objects: [object], hasStruck: () => fired(org) };
    },
  };
}

/** The fields that were asked for last in one query are too many. */
function tooComplicated(): LastingFault {
  return {
    what: 'fields too complicated',
    in: 'both',
    async begin({ world: { org }, random }) {
      const object = random.pick(OBJECT_NAMES);
      const columns = await lastColumns(org, object);
      await org.setFaults([{ match: { query: columns }, times: 'always', reply: TOO_COMPLICATED }]);
      const rows = (await org.rows(object)).filter((row) => row.IsDeleted !== true);
      if (rows.length > 0) await org.change({ put: object, row: { Id: random.pick(rows).Id } });
      return {
        what: `${columns.split(', ').length} fields of ${object}`,
        objects: [object],
        hasStruck: () => fired(org),
      };
    },
  };
}

/** Fields without which a query reads ids alone. */
const FEW_COLUMNS = 3;

async function lastColumns(org: Org, object: ObjectName): Promise<string> {
  const asked = (await org.requests()).flatMap(({ query, parts = [] }) => [query, ...parts.map((part) => part.query)]);
  const columns = asked.map(
    (soql) => new RegExp(`^SELECT (.+?)(?:, IsDeleted)? FROM ${object} `).exec(soql ?? '')?.[1],
  );
  const last = columns.findLast((list) => list !== undefined && list.split(', ').length > FEW_COLUMNS);
  if (last === undefined) throw new Error(`no fields of ${object} were ever asked for`);
  return last;
}

/** In such a table an index leaves some rows. */
const ROWS_OF_LARGE = 30;
const SCALE = 1_000;
const TIMEOUT_SECONDS = 120;

/** Who reads all of such a table, or its share rows by their dates, takes too long; a small range of ids is quick. */
function slowTables(): LastingFault {
  return {
    what: 'large ranges time out',
    in: 'both',
    async begin({ world: { org }, random }) {
      const objects = [random.pick(['Account', 'Account', 'Contact', 'Case', 'Opportunity'] as const)];
      const tables: Record<string, object> = {};
      for (const table of objects.flatMap((object) => [object, `${object}Share`])) {
        const rows = (await org.rows(table)).length;
        if (rows < ROWS_OF_LARGE) continue;
        const seconds = random.between(TIMEOUT_SECONDS + 30, 5 * TIMEOUT_SECONDS);
        tables[table] = { scale: SCALE, rows_scanned_per_second: (rows * SCALE) / seconds };
      }
      const before = (await org.requests()).length;
      await org.setCosts({ tables });
      return {
        what: `slow ${Object.keys(tables).join(', ')}`,
        objects,
        async hasStruck() {
          const since = (await org.requests()).slice(before);
          const took = since.flatMap(({ ms = 0, parts = [] }) => [ms, ...parts.map((part) => part.ms ?? 0)]);
          return took.some((ms) => ms >= TIMEOUT_SECONDS * 1_000);
        },
      };
    },
  };
}

async function fired(org: Org): Promise<boolean> {
  return (await org.fired()).some((times) => times > 0);
}
