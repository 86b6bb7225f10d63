import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Asked, WHAT } from './audit-log.ts';

/** From a search by a rare word to one that is cut off. */
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

const PRODUCT = 'salesforce_connector';

/** The server's metrics. Labels are few: addresses, statuses and codes; no users, no callers, no words. */
export interface ServeMetrics {
  /** Counts a reply. */
  replied(route: string, status: number): void;
  /** Counts what was asked, over HTTP or MCP. */
  asked(asked: Asked): void;
  /** Returns all of them in Prometheus's format. */
  exposition(): Promise<string>;
}

/**
 * Creates the metrics, with those of the process.
 *
 * @param searchesOpen returns the number of searches under way
 */
export function createServeMetrics(connection: string, searchesOpen: () => number): ServeMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ connection });
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: `${PRODUCT}_serve_` });
  const requests = new Counter({
    name: 'salesforce_connector_serve_requests_total',
    help: 'Requests that were answered, by address and HTTP status.',
    labelNames: ['route', 'code'],
    registers,
  });
  const answers = new Counter({
    name: 'salesforce_connector_serve_answers_total',
    help: 'Searches, records and explanations that were asked for, by the outcome: ok, or the code of the problem.',
    labelNames: ['what', 'outcome'],
    registers,
  });
  const hits = new Counter({
    name: 'salesforce_connector_serve_hits_total',
    help: 'Hits returned by searches.',
    registers,
  });
  const seconds = new Histogram({
    name: 'salesforce_connector_serve_search_seconds',
    help: 'How long searches took that were answered, with the time until a thread was free.',
    buckets: SECONDS,
    registers,
  });
  new Gauge({
    name: 'salesforce_connector_serve_searches_open',
    help: 'Searches under way. At serve.searches_at_once, others are refused.',
    registers,
    collect() {
      this.set(searchesOpen());
    },
  });
  // A counter that begins at 0 shows its first increase.
  for (const what of WHAT) answers.inc({ what, outcome: 'ok' }, 0);
  return {
    replied(route, status) {
      requests.inc({ route, code: status });
    },
    asked({ what, outcome, milliseconds, hits: found }) {
      answers.inc({ what, outcome });
      if (what !== 'search' || outcome !== 'ok') return;
      seconds.observe(milliseconds / 1000);
      hits.inc(found);
    },
    exposition: () => registry.metrics(),
  };
}
