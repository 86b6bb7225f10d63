import { resolveMembership } from '../access/membership.ts';
import type { OrgTables } from '../access/tables.ts';
import type { Config } from '../config/load.ts';
import type { BadConfigError } from '../config/problems.ts';
import { UserError } from '../errors.ts';
import { limitsOf } from '../index/limits.ts';
import { ownRights, ownSets } from '../integration-user/own-rights.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import { createSalesforce, type Salesforce } from '../salesforce/client.ts';
import { type Credentials, isJwt } from '../salesforce/credentials.ts';
import { SalesforceError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import { readTables } from '../sync/org-tables.ts';
import { PROBED_TABLES } from '../sync/probes.ts';
import { DESCRIBED } from '../sync/resolve-schema.ts';
import { type ResolvedSchema, resolveFields } from '../sync/resolved-schema.ts';
import { askRights } from './ask-rights.ts';
import { searchEngineFindings } from './engine-findings.ts';
import type { Finding } from './finding.ts';
import { fieldsHeld, indexFindings } from './index-file.ts';
import { measure } from './measure.ts';
import { namesFinding, unreadNames } from './names.ts';
import { objectFindings } from './object-findings.ts';
import { compliantFindings } from './org-sharing.ts';
import { readOwnTables } from './own-tables.ts';
import { privateKeyFindings } from './private-key-findings.ts';
import { type Learned, type Report, reportOf } from './report.ts';
import { filterQueries } from './run-queries.ts';
import { leftOutFindings, refusedFilter } from './selection-findings.ts';
import { isSmall } from './sizes.ts';
import { endFindings, systemRightFindings } from './system-right-findings.ts';
import { areSmall, sizesOfTables, type TableSizes } from './table-sizes.ts';
import {
  orgRefused,
  scopeFinding,
  tokenGiven,
  tokenRefused,
  tokenUserFinding,
  tokenUserQuery,
  versionFinding,
} from './token.ts';
import { Trial, type TrialLimits } from './trial.ts';
import type { TriedFilter } from './try-queries.ts';

/** Thrown when the walk cannot continue. */
class Stop extends Error {
  override name = 'Stop';
}

/** The results so far. */
interface Walk {
  readonly findings: Finding[];
  gaps: Learned['gaps'];
  unserved: Learned['unserved'];
  sizes: Learned['sizes'];
  forecast: Learned['forecast'];
}

/**
 * Walks through the setup of a connection, step by step, and reports what is missing. It only reads from the org, takes
 * about forty API calls, and ends within a minute. If the org refuses something, that is a finding: it throws no
 * Salesforce errors. Meanwhile it tests the search engine.
 */
export async function checkConnection(config: Config, limits: Partial<TrialLimits> = {}): Promise<Report> {
  const { baseUrl, credentials, pageSize } = config;
  const salesforce = createSalesforce({ baseUrl, credentials, pageSize });
  const trial = new Trial(salesforce, limits);
  const walk: Walk = { findings: [], gaps: null, unserved: null, sizes: null, forecast: null };
  const [stopped, engine] = await Promise.all([walked(), searchEngineFindings(config.index)]);
  return reportOf(config, { ...walk, engine, stopped, apiCalls: salesforce.calls });

  /** Returns why it stopped; null: it did not. */
  async function walked(): Promise<string | null> {
    try {
      await signIn(walk, config, salesforce, trial);
      return null;
    } catch (error) {
      if (error instanceof Stop) return error.message;
      walk.findings.push(orgRefused(error));
      return 'the org refused a request, so nothing after it was tested.';
    }
  }
}

/** The report for an unusable base_url. Nothing else can be tested. */
export function unusableBaseUrl({ file, auth, message }: BadConfigError): Report {
  const found: Finding = {
    test: 'base_url',
    step: 'credentials',
    status: 'failed',
    found: message,
    closes: null,
    remedy: null,
  };
  return reportOf(
    { connection: file, baseUrl: '', auth },
    {
      ...{ findings: [found], engine: [], stopped: NO_TOKEN },
      ...{ gaps: null, unserved: null, sizes: null, forecast: null, apiCalls: 0 },
    },
  );
}

const NO_TOKEN = 'without a token neither the rights of the integration user nor the sizes of the org can be tested.';

async function signIn(walk: Walk, config: Config, salesforce: Salesforce, trial: Trial): Promise<void> {
  const { findings } = walk;
  let credentials: Credentials;
  let identity: Awaited<ReturnType<Salesforce['authenticate']>>;
  try {
    credentials = await config.credentials();
    findings.push(...(await privateKeyFindings(config, credentials)));
    identity = await salesforce.authenticate();
  } catch (error) {
    findings.push(noToken(error));
    throw new Stop(NO_TOKEN);
  }
  findings.push(...tokenGiven(config.auth, config.baseUrl), scopeFinding(identity.scope));
  findings.push(...(await indexFindings(config.index, identity.organizationId)));

  const version = versionFinding(identity.apiVersion, await salesforce.versions());
  findings.push(version);
  if (version.status === 'failed')
    throw new Stop(`without API v${identity.apiVersion} neither rights nor sizes can be tested.`);

  const { userId } = identity;
  const [user] = await salesforce.queryMany([toSoql(tokenUserQuery(userId))]);
  if (user?.ok === false) throw user.error;
  const asked = isJwt(credentials) ? credentials.username : null;
  findings.push(tokenUserFinding({ id: userId, row: user?.records[0], asked }));
  await readOrg(walk, config, salesforce, trial, userId);
}

/** A missing secret is found before anything is sent. */
function noToken(error: unknown): Finding {
  if (error instanceof SalesforceError) return tokenRefused(error);
  if (!(error instanceof UserError)) throw error;
  return { test: 'token', step: 'credentials', status: 'failed', found: error.message, closes: null, remedy: null };
}

async function readOrg(
  walk: Walk,
  config: Config,
  salesforce: Salesforce,
  trial: Trial,
  userId: string,
): Promise<void> {
  const { findings } = walk;
  const held = await fieldsHeld(config.index);
  const wishes = { settings: config.objects, held, limits: limitsOf(config.index) };
  const schema = resolveFields(await salesforce.describe(DESCRIBED), wishes);
  const filters = await tryFilters(walk, trial, schema);
  const recordCounts = await trial.ask((signal) =>
    salesforce.recordCount([...OBJECT_NAMES, ...PROBED_TABLES], { signal }),
  );
  const who = await readWho(salesforce, trial, schema, userId, recordCounts.answer);
  const { tables } = who;
  const now = salesforce.clock.now();
  const sets = ownSets(tables, userId, now);
  const asked = await askRights(salesforce, schema, sets.ids, (object) =>
    isSmall(recordCounts.answer ?? new Map(), object),
  );
  const rights = ownRights(tables, asked.access, asked.sets, sets);

  const { frozenUsers } = config;
  const visible = { tables, userDefault: asked.userDefault, frozenUsers };
  findings.push(
    ...systemRightFindings(rights, visible),
    ...objectFindings(schema, rights, tables),
    ...leftOutFindings(schema),
    ...endFindings(rights),
    ...compliantFindings(asked.compliant),
  );
  const resolved = resolveMembership(tables, {
    fields: schema.indexed.fields,
    now: new Date(now).toISOString(),
    frozenUsers,
    documents: null,
  });
  if (who.areWhole) {
    const { finding, unserved } = namesFinding(resolved.names);
    findings.push(finding);
    walk.unserved = unserved;
  } else findings.push(unreadNames(who.sizes));
  walk.gaps = [...schema.gaps, ...(who.areWhole ? resolved.gaps : [])];
  const measured = await measure(config, salesforce, trial, {
    schema,
    tables,
    contacts: resolved.contacts,
    recordCounts,
    tableRows: who.areWhole
      ? PROBED_TABLES.flatMap((table) => tables[table].rows?.length ?? [])
      : [...who.sizes.values()].map((rows) => rows ?? 0),
    filters,
  });
  findings.push(...measured.findings);
  walk.sizes = measured.sizes;
  walk.forecast = measured.forecast;
}

async function tryFilters(walk: Walk, trial: Trial, schema: ResolvedSchema): Promise<TriedFilter[]> {
  const queries = filterQueries(schema);
  const all = await trial.askAll(queries);
  return queries.flatMap((query, at) => {
    const tried = all[at];
    if (tried?.kind === 'refused' && tried.error.retry === 'give-up') {
      walk.findings.push(refusedFilter(query.object, tried.error));
      throw new Stop('neither rights nor sizes were tested: every run would fail on that condition.');
    }
    return tried === undefined ? [] : [{ query, tried }];
  });
}

/** The membership tables; of a large org only the integration user's rows. */
async function readWho(
  salesforce: Salesforce,
  trial: Trial,
  schema: ResolvedSchema,
  userId: string,
  recordCounts: ReadonlyMap<string, number> | null,
): Promise<{ readonly tables: OrgTables; readonly sizes: TableSizes; readonly areWhole: boolean }> {
  const sizes = await sizesOfTables(salesforce, trial, schema, recordCounts);
  const { signal } = new AbortController();
  const areWhole = areSmall(sizes);
  const read = areWhole ? readTables(salesforce, schema, signal) : readOwnTables(salesforce, schema, userId, signal);
  return { tables: await read, sizes, areWhole };
}
