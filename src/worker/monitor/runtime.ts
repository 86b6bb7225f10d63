import type { MetricMeter } from '@temporalio/common';
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { freePort } from '../../process/ports.ts';
import type { Log } from '../log/log.ts';
import { sdkLogger } from '../log/sdk-log.ts';
import type { LogLevel } from '../log/settings.ts';
import { collectorOf, type MetricsWay, metricsOptions } from './telemetry.ts';

const TRIES = 3;

/** Temporal's runtime, one per process. Its log and metrics go to the same place as the worker's own. */
export interface InstalledRuntime {
  /** Creates metrics that are exported beside Temporal's. */
  readonly meter: MetricMeter;
  /** Returns all metrics in Prometheus's format. Null: they go to a collector, or nowhere. */
  exposition(): Promise<string> | null;
}

export interface RuntimeSettings {
  readonly connection: string;
  readonly log: Log;
  readonly logLevel: LogLevel;
  /** This process serves the metrics, unless a collector gets them. */
  readonly isRead: boolean;
}

/**
 * Installs the runtime.
 *
 * @throws UserError if OpenTelemetry's variables are wrong
 */
export async function installRuntime(settings: RuntimeSettings): Promise<InstalledRuntime> {
  const collector = collectorOf(process.env);
  for (let attempt = 1; ; attempt += 1) {
    const way = collector ?? (settings.isRead ? ({ kind: 'prometheus', port: await freePort() } as const) : null);
    try {
      const { metricMeter } = install(settings, way);
      return { meter: metricMeter, exposition: () => (way?.kind === 'prometheus' ? readAt(way.port) : null) };
    } catch (error) {
      // Another program may take a port after we found it free.
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

/** Reads the exposition. Temporal's own exporter serves only /metrics; the worker's port serves more. */
async function readAt(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}
