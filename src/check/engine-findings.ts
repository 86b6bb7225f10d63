import type { EngineFinding } from '../facts/engine-findings.ts';
import { engineFindings } from '../index/check-engine.ts';
import type { IndexLocation } from '../index/location.ts';
import { engineFindingWords } from '../sentences/engine-findings.ts';
import type { Finding, Status } from './finding.ts';

const STATUS: Readonly<Record<EngineFinding['code'], Status>> = {
  engine_config_wrong: 'failed',
  engine_unavailable: 'failed',
  engine_supported: 'ok',
  engine_untested: 'warning',
  engine_too_old: 'failed',
  engine_foreign: 'failed',
  engine_lacks_call: 'failed',
  engine_unencrypted: 'warning',
  engine_rights: 'ok',
  engine_right_missing: 'failed',
  engine_index_left: 'warning',
  engine_prefix_taken: 'failed',
  engine_call_failed: 'failed',
  engine_index_unassigned: 'failed',
  engine_read_only: 'failed',
  engine_unseen: 'unknown',
  engine_room: 'ok',
  engine_disk_full: 'failed',
  engine_disk_filling: 'warning',
  engine_shards_short: 'failed',
  engine_replicas_unassignable: 'warning',
  engine_limit_low: 'failed',
  engine_setting_wrong: 'failed',
};

/** Tests the search engine outside the index file. There is nothing to test without one. */
export async function searchEngineFindings(index: IndexLocation): Promise<Finding[]> {
  return (await engineFindings(index)).map(findingOf);
}

/** @param engine what was found, which the finding says in words */
function findingOf(engine: EngineFinding): Finding {
  const { found, remedy } = engineFindingWords(engine);
  return { test: engine.code, step: null, status: STATUS[engine.code], found, closes: null, remedy, engine };
}
