import { describe, expect, it } from 'vitest';
import { collectorOf, metricsOptions } from '../../../src/worker/monitor/telemetry.ts';

describe("the collector of the metrics, from OpenTelemetry's variables", () => {
  const rows: [string, NodeJS.ProcessEnv, object | null][] = [
    ['none if none is named', {}, null],
    [
      'the base address, to which the path of metrics is added',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' },
      { url: 'http://c:4318/v1/metrics', http: true },
    ],
    [
      'the address of metrics alone, unchanged',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://m/x' },
      { url: 'https://m/x', http: true },
    ],
    [
      'gRPC',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      { url: 'http://c:4317', http: false },
    ],
    [
      'headers, percent-encoded',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'a=b%20c, d=e==' },
      { headers: { a: 'b c', d: 'e==' } },
    ],
    ['none if it is turned off', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' }, null],
    [
      'none if metrics are turned off',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_METRICS_EXPORTER: 'none' },
      null,
    ],
  ];
  it.each(rows)('%s', (_, env, expected) => {
    const found = collectorOf(env);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'hidden:4318' }],
    [
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_PROTOCOL: 'hidden/json' },
    ],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'a=hidden%' },
    ],
  ])('names a wrong %s, but not its value', (name, env) => {
    expect(() => collectorOf(env)).toThrow(name);
    expect(() => collectorOf(env)).not.toThrow('hidden');
  });

  it('gets the metrics at the configured interval, in seconds', () => {
    const way = { kind: 'otlp', url: 'http://c', http: true, headers: {} } as const;
    const options = metricsOptions(way, 'acme', { OTEL_METRIC_EXPORT_INTERVAL: '5000' });
    expect(options).toMatchObject({
      globalTags: { connection: 'acme' },
      otel: { metricsExportInterval: 5_000, useSecondsForDurations: true },
    });
    expect(metricsOptions(way, 'acme', {})).toMatchObject({ otel: { metricsExportInterval: 60_000 } });
  });
});
