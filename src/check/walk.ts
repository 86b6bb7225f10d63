import { resolveMembership } from '../access/membership.ts';
import type { Config } from '../config.ts';
import { createSalesforce, type Salesforce } from '../salesforce/client.ts';
import { SalesforceError } from '../salesforce/errors.ts';
import { describeSelection, FilterRefusedError } from '../sync/describe.ts';
import { readTables } from '../sync/org-tables.ts';
import { UserError } from '../user-error.ts';
import { askRights } from './ask-rights.ts';
import { ownRights, ownSets } from './evidence.ts';
import type { Finding } from './finding.ts';
import { measure } from './measure.ts';
import { namesFinding } from './names.ts';
import { objectFindings } from './object-rights.ts';
import { compliantFindings } from './org-sharing.ts';
import { type Learned, type Report, reportOf } from './report.ts';
import { leftOutFindings, refusedFilter } from './selection.ts';
import { endFindings, systemRightFindings } from './system-rights.ts';
import { orgRefused, runAsFinding, scopeFinding, tokenGiven, tokenRefused, versionFinding } from './token.ts';

/** Thrown inside a walk where going on makes no sense. */
class Stop extends Error {
  override name = 'Stop';
}

/** What was learned until now. */
interface Walk {
  readonly findings: Finding[];
  closed: Learned['closed'];
  sizes: Learned['sizes'];
  forecast: Learned['forecast'];
}

/**
 * Walks the setup of a connection in the order in which it is made, and says what each step lacks. Reads only, in about
 * ten API calls. What the org refuses is a finding; nothing of Salesforce's is thrown.
 */
export async function checkConnection(config: Config): Promise<Report> {
  const { baseUrl, credentials, pageSize } = config;
  const salesforce = createSalesforce({ baseUrl, credentials, pageSize });
  const walk: Walk = { findings: [], closed: null, sizes: null, forecast: null };
  let stopped: string | null = null;
  try {
    await signIn(walk, config, salesforce);
  } catch (error) {
    if (!(error instanceof Stop)) walk.findings.push(orgRefused(error));
    stopped = error instanceof Stop ? error.message : 'the org refused a request: what comes after it was not tested.';
  }
  return reportOf(config, { ...walk, stopped, apiCalls: salesforce.calls });
}

/** The report where base_url itself cannot be one: nothing else can be tested. */
export function unusableBaseUrl(connection: string, problem: string): Report {
  const found: Finding = {
    test: 'base_url',
    step: 'credentials',
    status: 'failed',
    found: problem,
    closes: null,
    remedy: null,
  };
  return reportOf(
    { connection, baseUrl: '' },
    { findings: [found], stopped: NO_TOKEN, closed: null, sizes: null, forecast: null, apiCalls: 0 },
  );
}

const NO_TOKEN = 'without a token neither the rights of the integration user nor the sizes of the org can be tested.';

async function signIn(walk: Walk, config: Config, salesforce: Salesforce): Promise<void> {
  const { findings } = walk;
  let identity: Awaited<ReturnType<Salesforce['authenticate']>>;
  try {
    identity = await salesforce.authenticate();
  } catch (error) {
    findings.push(noToken(error));
    throw new Stop(NO_TOKEN);
  }
  findings.push(...tokenGiven(config.baseUrl), scopeFinding(identity.scope));

  const version = versionFinding(identity.apiVersion, await salesforce.versions());
  findings.push(version);
  if (version.status === 'failed')
    throw new Stop(`without API v${identity.apiVersion} neither rights nor sizes can be tested.`);

  const { userId } = identity;
  const [user] = await salesforce.queryMany([`SELECT Id, Username, IsActive FROM User WHERE Id = '${userId}'`]);
  if (user?.ok === false) throw user.error;
  findings.push(runAsFinding(userId, user?.records[0]));
  await readOrg(walk, config, salesforce, userId);
}

/** A missing secret is found before anything is sent. */
function noToken(error: unknown): Finding {
  if (error instanceof SalesforceError) return tokenRefused(error);
  if (!(error instanceof UserError)) throw error;
  return { test: 'token', step: 'credentials', status: 'failed', found: error.message, closes: null, remedy: null };
}

async function readOrg(walk: Walk, config: Config, salesforce: Salesforce, userId: string): Promise<void> {
  const { findings } = walk;
  const { signal } = new AbortController();
  const selection = await describeSelection(salesforce, config.objects, signal).catch((error: unknown) => {
    if (!(error instanceof FilterRefusedError)) throw error;
    findings.push(refusedFilter(error));
    throw new Stop('neither rights nor sizes were tested: every run would fail on that condition.');
  });
  const tables = await readTables(salesforce, selection, signal);
  const now = salesforce.clock.now();
  const sets = ownSets(tables, userId, now);
  const asked = await askRights(salesforce, selection, sets.ids);
  const rights = ownRights(tables, asked.access, asked.sets, sets);

  const { frozenUsers } = config;
  const visible = { tables, userDefault: asked.userDefault, frozenUsers };
  findings.push(
    ...systemRightFindings(rights, visible),
    ...objectFindings(selection, rights, tables),
    ...leftOutFindings(selection),
    ...endFindings(rights),
    ...compliantFindings(asked.compliant),
    namesFinding(tables.User.rows ?? []),
  );
  const resolved = resolveMembership(tables, {
    fields: selection.indexed.fields,
    now: new Date(now).toISOString(),
    frozenUsers,
    documents: null,
  });
  walk.closed = [...selection.closed, ...resolved.closed];
  const measured = await measure(config, salesforce, { selection, tables, contacts: resolved.contacts });
  findings.push(...measured.findings);
  walk.sizes = measured.sizes;
  walk.forecast = measured.forecast;
}
