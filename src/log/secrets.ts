import type { Config } from '../config.ts';

/** Variables whose values are sent to somebody as a proof. */
const SECRET_VARIABLES = /^(TEMPORAL_(API_KEY|GRPC_META_\w+)|OTEL_EXPORTER_OTLP_(METRICS_)?HEADERS)$/;

/** The secrets that a worker is given, which its log must not repeat. */
export async function secretsOf(config: Config, env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const { clientSecret } = await config.credentials();
  const notify = await config.notify();
  const given = Object.entries(env).flatMap(([name, value]) => (SECRET_VARIABLES.test(name) && value ? [value] : []));
  return [clientSecret, ...(notify?.webhook ? [notify.webhook] : []), ...given];
}
