import { randomBytes } from 'node:crypto';
import type { Client } from '@opensearch-project/opensearch';
import type { EngineFinding, EngineRight } from '../../facts/engine-findings.ts';
import type { OpenSearchLocation } from '../location.ts';
import { answerOf } from './answers.ts';
import { type ClusterFailure, failureOfAnswer, typeIn, unavailableBecause } from './failures.ts';

/** A step of the trial that did not work. Those after it cannot be tried. */
class Ended extends Error {
  override name = 'Ended';
  readonly finding: EngineFinding;

  constructor(finding: EngineFinding) {
    super(finding.code);
    this.finding = finding;
  }
}

/**
 * Creates an index of its own in the cluster, does there everything that the connector does, and deletes it. A right
 * can only be known by using it: a cluster shows nobody which ones a user has.
 */
export async function trialFindings(client: Client, location: OpenSearchLocation): Promise<EngineFinding[]> {
  const trial = new Trial(client, location);
  const findings: EngineFinding[] = [];
  if (!(await trial.created(findings))) return findings;
  await trial.used(findings);
  await trial.removed(findings);
  const names = trial.names;
  return findings.length === 0 ? [{ code: 'engine_rights', names }] : findings;
}

/** How long a cluster may take to give a new index a node. */
const CREATION = '10s';

class Trial {
  readonly #client: Client;
  readonly #url: string;
  readonly #index: string;
  /** The indexes of the connector. */
  readonly names: string;

  constructor(client: Client, { url, prefix }: OpenSearchLocation) {
    this.#client = client;
    this.#url = url;
    this.#index = `${prefix}-check-${randomBytes(6).toString('hex')}`;
    this.names = `${prefix}-*`;
  }

  /** Returns whether the index is there now. */
  async created(findings: EngineFinding[]): Promise<boolean> {
    try {
      const { shards_acknowledged: isAssigned } = await this.#ask('create_index', () =>
        this.#client.indices.create({
          index: this.#index,
          timeout: CREATION,
          body: {
            settings: { number_of_shards: 1, number_of_replicas: 0 },
            mappings: { properties: { principals: { type: 'keyword' } } },
            aliases: { [`${this.#index}-alias`]: {} },
          },
        }),
      );
      if (!isAssigned) findings.push({ code: 'engine_index_unassigned' });
      return true;
    } catch (error) {
      findings.push(findingIn(error));
      return false;
    }
  }

  /** Tries every call in turn. A missing right does not hide the next one, if that does not depend on it. */
  async used(findings: EngineFinding[]): Promise<void> {
    // The calls below would wait for it.
    if (findings.length > 0) return;
    await this.#noting(findings, () => this.#readSettings(findings));
    const isWritten = await this.#noting(findings, () => this.#write());
    const isRefreshed = await this.#noting(findings, () => this.#refresh());
    const canFind = isWritten && isRefreshed;
    await this.#noting(findings, () => this.#search(canFind));
    await this.#noting(findings, () => this.#readVersions());
    await this.#noting(findings, () => this.#deleteByQuery(canFind));
  }

  async removed(findings: EngineFinding[]): Promise<void> {
    const isRemoved = await this.#noting(findings, async () => {
      await this.#ask('delete_index', () => this.#client.indices.delete({ index: this.#index }));
    });
    if (!isRemoved) findings.push({ code: 'engine_index_left', index: this.#index });
  }

  async #noting(findings: EngineFinding[], step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      findings.push(findingIn(error));
      return false;
    }
  }

  async #ask<Body>(right: EngineRight, call: () => Promise<{ readonly body: Body }>): Promise<Body> {
    const answer = await answerOf(call());
    if ('body' in answer) return answer.body;
    throw new Ended(this.#findingOf(right, answer.failure));
  }

  #findingOf(right: EngineRight, failure: ClusterFailure): EngineFinding {
    if (failure.code === 'forbidden') return { code: 'engine_right_missing', right, names: this.names };
    if (failure.code === 'read_only') return { code: 'engine_read_only', index: null, setting: failure.type };
    const isRefused = failure.code === 'refused' || failure.code === 'not_opensearch';
    if (isRefused && (failure.status === 404 || failure.status === 405)) return { code: 'engine_lacks_call', right };
    const { message, engineCode } = unavailableBecause(failure, this.#url);
    return { code: 'engine_call_failed', right, engineCode: engineCode ?? null, message };
  }

  /** An index template of the cluster may have given the index other settings than the defaults. */
  async #readSettings(findings: EngineFinding[]): Promise<void> {
    const body = await this.#ask('read_settings', () =>
      this.#client.indices.getSettings({ index: this.#index, include_defaults: true, flat_settings: true }),
    );
    const { settings, defaults } = Object(body[this.#index]) as Record<'settings' | 'defaults', object | undefined>;
    const found = indexSettingFindings({ ...defaults, ...settings });
    if (found.length === 0) return;
    const template = await templateOf(this.#client, this.#index);
    findings.push(...found.map((finding) => ({ ...finding, template })));
  }

  /** Writes a document with a version of the connector's own, and the same version again, which must be refused. */
  async #write(): Promise<void> {
    const operation = { index: { _index: this.#index, _id: 'a', version: 1, version_type: 'external' as const } };
    const document = { principals: ['a', 'b'] };
    const { items } = await this.#ask('write', () =>
      this.#client.bulk({ body: [operation, document, operation, document] }),
    );
    const [first, second] = items.map(({ index }) => index);
    if (first === undefined || first.status >= 300) {
      const refused = failureOfAnswer({ status: first?.status ?? 0, type: typeIn(first) });
      throw new Ended(this.#findingOf('write', refused));
    }
    if (second?.status !== 409) throw new Ended({ code: 'engine_lacks_call', right: 'write' });
  }

  async #refresh(): Promise<void> {
    await this.#ask('refresh', () => this.#client.indices.refresh({ index: this.#index }));
  }

  async #search(canFind: boolean): Promise<void> {
    const { pit_id: id } = await this.#ask('point_in_time', () =>
      this.#client.createPit({ index: [this.#index], keep_alive: '1m' }),
    );
    const asked = async (right: EngineRight, query: object) => {
      const { hits } = await this.#ask(right, () =>
        this.#client.search({ body: { pit: { id }, size: 1, query: query as { match_all: object } } }),
      );
      if (canFind && hits.hits.length !== 1) throw new Ended({ code: 'engine_lacks_call', right });
    };
    try {
      await asked('search', { match_all: {} });
      await asked('look_up_terms', { terms: { principals: { index: this.#index, id: 'a', path: 'principals' } } });
    } finally {
      await this.#ask('point_in_time', () => this.#client.deletePit({ body: { pit_id: [id] } }));
    }
  }

  async #readVersions(): Promise<void> {
    const call = () => this.#client.mget({ index: this.#index, _source: false, body: { ids: ['a'] } });
    const { docs } = await this.#ask('read_versions', call);
    // A missing right is the error of a document.
    const type = typeIn(docs[0]);
    if (type !== null) throw new Ended(this.#findingOf('read_versions', failureOfAnswer({ status: 403, type })));
  }

  async #deleteByQuery(canFind: boolean): Promise<void> {
    const answer = await this.#ask('delete_by_query', () =>
      this.#client.deleteByQuery({ index: this.#index, body: { query: { match_all: {} } } }),
    );
    if (canFind && (answer as { readonly deleted?: number }).deleted !== 1)
      throw new Ended({ code: 'engine_lacks_call', right: 'delete_by_query' });
  }
}

function findingIn(error: unknown): EngineFinding {
  if (error instanceof Ended) return error.finding;
  throw error;
}

type SettingFinding = Extract<EngineFinding, { readonly template: string | null }>;

const DURABILITY = 'index.translog.durability';
const MAX_TERMS = 'index.max_terms_count';
/** The default. The principals of a user are looked up as terms. */
const LEAST_TERMS = 65_536;

/** What the settings of a new index must be. */
function indexSettingFindings(settings: Readonly<Record<string, unknown>>): SettingFinding[] {
  const durability = String(settings[DURABILITY] ?? 'request').toLowerCase();
  const terms = Number(settings[MAX_TERMS] ?? LEAST_TERMS);
  return [
    ...(durability === 'request'
      ? []
      : [
          {
            code: 'engine_setting_wrong' as const,
            setting: DURABILITY,
            value: durability.slice(0, 40),
            wanted: 'request',
            template: null,
          },
        ]),
    ...(terms >= LEAST_TERMS
      ? []
      : [
          {
            code: 'engine_limit_low' as const,
            setting: MAX_TERMS,
            value: terms,
            least: LEAST_TERMS,
            template: null,
          },
        ]),
  ];
}

/** Finds the index template that the cluster used. Null: unknown, because it shows none of that name. */
async function templateOf(client: Client, index: string): Promise<string | null> {
  const answer = await answerOf(client.indices.getIndexTemplate());
  if ('failure' in answer) return null;
  const [strongest] = answer.body.index_templates
    .filter(({ index_template: { index_patterns: patterns } }) =>
      [patterns].flat().some((pattern) => isMatch(String(pattern), index)),
    )
    .toSorted((one, other) => Number(other.index_template.priority ?? 0) - Number(one.index_template.priority ?? 0));
  return strongest?.name ?? null;
}

/** Reports whether a pattern of names, in which * is any text, has this name. */
function isMatch(pattern: string, name: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return pattern === name;
  let at = first.length;
  if (!name.startsWith(first)) return false;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(last) && name.length - last.length >= at;
}
