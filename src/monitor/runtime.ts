import type { MetricMeter } from '@temporalio/common';
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Log } from '../log/log.ts';
import { sdkLogger } from '../log/sdk-log.ts';
import type { LogLevel } from '../log/settings.ts';
import { freePort } from '../process/ports.ts';
import { collectorOf, type MetricsWay, metricsOptions } from './telemetry.ts';

const TRIES = 3;

/** Temporal's runtime, of which a process has one, with its log and its metrics led where the worker's own go. */
export interface InstalledRuntime {
  /** Makes metrics that go out beside Temporal's. */
  readonly meter: MetricMeter;
  /** All metrics as Prometheus reads them; null: they go to a collector, or nowhere. */
  exposition(): Promise<string> | null;
}

export interface RuntimeSettings {
  readonly connection: string;
  readonly log: Log;
  readonly logLevel: LogLevel;
  /** Somebody is to read the metrics here, unless a collector gets them. */
  readonly isRead: boolean;
}

/** @throws UserError where OpenTelemetry's variables are wrong */
export async function installRuntime(settings: RuntimeSettings): Promise<InstalledRuntime> {
  const collector = collectorOf(process.env);
  for (let attempt = 1; ; attempt += 1) {
    const way = collector ?? (settings.isRead ? ({ kind: 'prometheus', port: await freePort() } as const) : null);
    try {
      const { metricMeter } = install(settings, way);
      return { meter: metricMeter, exposition: () => (way?.kind === 'prometheus' ? readAt(way.port) : null) };
    } catch (error) {
      // Between finding a free port and taking it, another program may have been faster.
      if (!/address already in use/i.test(String(error)) || attempt === TRIES) throw error;
    }
  }
}

function install({ connection, log, logLevel }: RuntimeSettings, way: MetricsWay | null): Runtime {
  const core = logLevel === 'debug' ? 'INFO' : 'WARN';
  return Runtime.install({
    logger: sdkLogger(log, logLevel),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core, other: 'ERROR' }) },
      ...(way && { metrics: metricsOptions(way, connection, process.env) }),
    },
    shutdownSignals: [],
  });
}

/** Temporal's own exporter answers /metrics alone: the worker's port has more to say. */
async function readAt(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}
