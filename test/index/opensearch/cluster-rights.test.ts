import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineFinding, EngineRight } from '../../../src/facts/engine-findings.ts';
import type { OpenSearchLocation } from '../../../src/index/location.ts';
import { clusterFindings } from '../../../src/index/opensearch/cluster-findings.ts';
import { OpenSearchEngine } from '../../../src/index/opensearch/engine.ts';
import { ENGINE_RIGHTS, ENGINE_VIEWS } from '../../../src/sentences/engine-findings.ts';
import { type OpenSearchProcess, startOpenSearch } from '../../opensearch/process.ts';
import { noOwnOpenSearch } from '../../opensearch/server.ts';
import {
  changeOf,
  documentOf,
  FENCE,
  given,
  member,
  membershipOf,
  queryOf,
  SETTINGS,
  START,
  scopeOf,
  userId,
} from '../engine-contract/setup.ts';
import { withClient } from './scripted-server.ts';

/** The permissions that docs/opensearch.md lists, on a real cluster with OpenSearch's security plugin. */
describe.skipIf(noOwnOpenSearch({ isSecure: true }) !== null)('a user with the documented permissions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-rights-'));
  let server: OpenSearchProcess;
  beforeAll(async () => {
    const settings = ['plugins.security.restapi.roles_enabled=[all_access]'];
    server = await startOpenSearch({ folder, isSecure: true, settings });
    await put('roles/tested', { cluster_permissions: [] });
    await put('rolesmapping/tested', { users: ['stranger'] });
  });
  afterAll(async () => {
    await server?.process.stop();
    rmSync(folder, { recursive: true });
  });

  const put = (path: string, body: object) =>
    withClient(server.location, async (client) => {
      await client.transport.request({ method: 'PUT', path: `/_plugins/_security/api/${path}`, body });
    });

  /** What the check finds for a user with these permissions. */
  async function found({ cluster, index }: { cluster: readonly string[]; index: readonly string[] }) {
    await put('roles/tested', {
      cluster_permissions: cluster,
      index_permissions: [{ index_patterns: ['crm-*'], allowed_actions: index }],
    });
    return clusterFindings(location());
  }

  const location = (): OpenSearchLocation => ({
    engine: 'opensearch',
    connection: 'crm',
    path: '/nowhere/index.db',
    prefix: 'crm',
    shards: 1,
    replicas: 0,
    ...server.location,
    auth: { kind: 'basic', username: 'stranger', password: { file: join(folder, 'config', 'password') } },
  });

  const rights = Object.values(ENGINE_RIGHTS);
  const views = Object.values(ENGINE_VIEWS).map(({ permission }) => permission);
  const all = {
    cluster: [...rights.flatMap(({ cluster }) => cluster), ...views],
    index: rights.flatMap(({ index }) => index),
  };
  const codes = (findings: readonly EngineFinding[]) => findings.map(({ code }) => code);

  it('may do everything', async () => {
    expect(codes(await found(all))).toEqual(['engine_supported', 'engine_room', 'engine_rights']);
  });

  it('may do all that the connector does', async () => {
    await found(all);
    const engine = new OpenSearchEngine(location());
    const lead = documentOf('Lead', 1, { Name: 'Ada' });
    try {
      expect(await engine.claim(FENCE, given(0))).toBe('none');
      await engine.wipe(FENCE);
      await engine.configure(FENCE, SETTINGS, 0);
      for (let n = 0; n < 2; n++) await engine.publishMembership(FENCE, membershipOf([member(1, [userId(1)])]), 0);
      // The second time, the cluster has it in that version.
      for (let n = 0; n < 2; n++) expect(await engine.apply(FENCE, [changeOf(lead, 1)])).toBe(1);
      await engine.refresh();
      expect(await engine.countCarrying([userId(1)], 10)).toBe(1);
      const ids = (words: string) =>
        engine.reading(START, (view) => view.ids(queryOf(words, scopeOf(1, 'principals'))));
      expect(await ids('ada')).toEqual([lead.id]);
      expect(await engine.claim(FENCE, given(1))).toBe('this');
      await engine.wipe(FENCE);
      await engine.remove();
    } finally {
      await engine.close();
    }
  });

  it('needs no permission to see the cluster', async () => {
    const findings = await found({ ...all, cluster: all.cluster.filter((name) => !views.includes(name)) });
    expect(findings.filter(({ code }) => code !== 'engine_unseen')).toEqual([
      { code: 'engine_rights', names: 'crm-*' },
    ]);
    expect(findings.length).toBeGreaterThan(1);
  });

  // A missing right hides those that need its result.
  it.each<[EngineRight[]]>([
    [['create_index']],
    [['read_settings', 'write', 'refresh', 'point_in_time', 'delete_by_query', 'delete_index']],
    [['search']],
    [['look_up_terms']],
  ])('lacks %j without those for it', async (lacking) => {
    const names = lacking.flatMap((right) => [...ENGINE_RIGHTS[right].cluster, ...ENGINE_RIGHTS[right].index]);
    const findings = await found({
      cluster: all.cluster.filter((name) => !names.includes(name)),
      index: all.index.filter((name) => !names.includes(name)),
    });
    for (const right of lacking)
      expect(findings).toContainEqual({ code: 'engine_right_missing', right, names: 'crm-*' });
  });
});
