import { OBJECT_NAMES, type ObjectName } from '../../src/objects/index.ts';
import { WITH_SHARES } from './changes.ts';
import type { Fault, Round } from './fault.ts';
import { indexState } from './held.ts';
import type { Org } from './org.ts';
import { waitFor } from './wait.ts';

/** A table that the org refuses, or answers too slowly, for longer than a run. */
export interface LastingFault {
  readonly what: string;
  readonly in: Fault['in'];
  /** See `Fault`. */
  readonly untilCompared?: boolean;
  begin(round: Round): Promise<Begun>;
}

export interface Begun {
  /** A description of what is broken, for people. */
  readonly what: string;
  /** The objects whose documents may be stale. */
  readonly objects: readonly ObjectName[];
  /** Reports whether the fault has affected a query. */
  hasInjected(): Promise<boolean>;
}

const REFUSED = { part: { status: 400, errorCode: 'OPERATION_REFUSED', message: 'not today' } };
const BROKEN = { part: { status: 500, errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred.' } };
const TOO_COMPLICATED = { part: { status: 400, errorCode: 'QUERY_TOO_COMPLICATED', message: 'Too many fields.' } };
/** The percentage of refusals that look like a temporary error, but are permanent. */
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
        hasInjected: () => fired(org),
      };
    },
  };
}

/**
 * Makes share dates time out. Runs then compare the share rows by ranges of their parents, until a complete backfill
 * has read them.
 */
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
      return { what: `dates of ${object}Share`, objects: [object], hasInjected: () => fired(org) };
    },
  };
}

/** Refuses the fields of the last query as too many for one. */
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
        hasInjected: () => fired(org),
      };
    },
  };
}

/** A query with fewer fields reads only ids. */
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

/** An index is not selective enough to be used in a smaller table. */
const ROWS_OF_LARGE = 30;
const SCALE = 1_000;
const TIMEOUT_SECONDS = 120;

/**
 * Makes large ranges time out. Reading all of such a table, or its share rows by their dates, takes too long; a small
 * range of ids is quick.
 */
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
        async hasInjected() {
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
