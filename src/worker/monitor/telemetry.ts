import type { TelemetryOptions } from '@temporalio/worker';
import { UserError } from '../../errors.ts';

/** Where the metrics go: to a collector, or to Temporal's exporter, which this process reads. */
export type MetricsWay =
  | { readonly kind: 'otlp'; readonly url: string; readonly http: boolean; readonly headers: Record<string, string> }
  | { readonly kind: 'prometheus'; readonly port: number };

/** Buckets for runs, which take seconds or hours. */
const RUN_SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400];
const EXPORT_EVERY_MS = 60_000;

type Metrics = NonNullable<TelemetryOptions['metrics']>;

/** Returns the options of one pipeline for Temporal's metrics and the worker's own, which use the runtime's meter. */
export function metricsOptions(way: MetricsWay, connection: string, env: NodeJS.ProcessEnv): Metrics {
  const common = { attachServiceName: false, globalTags: { connection } };
  const units = { useSecondsForDurations: true, histogramBucketOverrides: { run_duration: RUN_SECONDS } };
  if (way.kind === 'prometheus') {
    const prometheus = { bindAddress: `127.0.0.1:${way.port}`, countersTotalSuffix: true, unitSuffix: true, ...units };
    return { ...common, prometheus };
  }
  const { url, http, headers } = way;
  const metricsExportInterval = Number(env.OTEL_METRIC_EXPORT_INTERVAL) || EXPORT_EVERY_MS;
  return { ...common, otel: { url, http, headers, metricsExportInterval, ...units } };
}

/**
 * Reads the collector from OpenTelemetry's own variables. Null: none is set.
 *
 * @throws UserError for a value that the specification does not allow; the error does not contain the value
 */
export function collectorOf(env: NodeJS.ProcessEnv): Extract<MetricsWay, { kind: 'otlp' }> | null {
  const own = env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const general = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isOff = env.OTEL_SDK_DISABLED === 'true' || env.OTEL_METRICS_EXPORTER === 'none';
  const endpoint = own || general;
  if (!endpoint || isOff) return null;
  const protocol = env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/protobuf';
  if (protocol !== 'grpc' && protocol !== 'http/protobuf')
    throw new UserError('OTEL_EXPORTER_OTLP_PROTOCOL in the environment must be http/protobuf or grpc.');
  const http = protocol === 'http/protobuf';
  return {
    kind: 'otlp',
    url: http && !own ? withPath(checkedUrl(endpoint)) : checkedUrl(endpoint),
    http,
    headers: headersOf(env.OTEL_EXPORTER_OTLP_METRICS_HEADERS || env.OTEL_EXPORTER_OTLP_HEADERS || ''),
  };
}

function checkedUrl(endpoint: string): string {
  if (/^https?:\/\/./.test(endpoint) && URL.canParse(endpoint)) return endpoint;
  throw new UserError('OTEL_EXPORTER_OTLP_ENDPOINT in the environment must be a URL, like http://127.0.0.1:4318.');
}

/** Appends the signal's path, because the general endpoint is only the base of each signal's. */
function withPath(endpoint: string): string {
  return `${endpoint.replace(/\/$/, '')}/v1/metrics`;
}

/** Parses `key1=value1,key2=value2`, percent-encoded. */
function headersOf(list: string): Record<string, string> {
  const pairs = list.split(',').filter((pair) => pair.includes('='));
  try {
    return Object.fromEntries(
      pairs.map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
      }),
    );
  } catch {
    throw new UserError('OTEL_EXPORTER_OTLP_HEADERS in the environment must be key=value pairs, percent-encoded.');
  }
}
