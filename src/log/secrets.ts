import type { KeyObject } from 'node:crypto';
import type { Config } from '../config.ts';
import { isJwt } from '../salesforce/credentials.ts';

/** Variables whose values are sent to somebody as a proof. */
const SECRET_VARIABLES = /^(TEMPORAL_(API_KEY|GRPC_META_\w+)|OTEL_EXPORTER_OTLP_(METRICS_)?HEADERS)$/;

/** The secrets that a worker is given, which its log must not repeat. */
export async function secretsOf(config: Config, env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const credentials = await config.credentials();
  const own = isJwt(credentials) ? keyTexts(credentials.privateKey as KeyObject) : [credentials.clientSecret];
  const notify = await config.notify();
  const given = Object.entries(env).flatMap(([name, value]) => (SECRET_VARIABLES.test(name) && value ? [value] : []));
  return [...own, ...(notify?.webhook ? [notify.webhook] : []), ...given];
}

/** What a key's files hold, in both forms: their base64 as one line, so that each piece of any line is known. */
function keyTexts(key: KeyObject): string[] {
  return (['pkcs1', 'pkcs8'] as const).map((type) => key.export({ type, format: 'der' }).toString('base64'));
}
