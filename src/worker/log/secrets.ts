import type { KeyObject } from 'node:crypto';
import type { Config } from '../../config/load.ts';
import { isJwt } from '../../salesforce/credentials.ts';

/** Variables whose values prove who the worker is. */
const SECRET_VARIABLES = /^(TEMPORAL_(API_KEY|GRPC_META_\w+)|OTEL_EXPORTER_OTLP_(METRICS_)?HEADERS)$/;

/** The worker's secrets, which its log must not repeat. */
export async function secretsOf(config: Config, env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const credentials = await config.credentials();
  const own = isJwt(credentials) ? keyTexts(credentials.privateKey as KeyObject) : [credentials.clientSecret];
  const notify = await config.notify();
  const given = Object.entries(env).flatMap(([name, value]) => (SECRET_VARIABLES.test(name) && value ? [value] : []));
  return [...own, ...(notify?.webhook ? [notify.webhook] : []), ...given];
}

/** A key's base64 in both file formats, as one line, so that any part of any line of the file is recognised. */
function keyTexts(key: KeyObject): string[] {
  return (['pkcs1', 'pkcs8'] as const).map((type) => key.export({ type, format: 'der' }).toString('base64'));
}
