import type { RunFigures } from './deployment/deployment.ts';
import type { Figure } from './side-by-side.ts';

/** What is printed of a run. */
export const RUN_FIGURES: readonly Figure<RunFigures>[] = [
  { name: 'wall time, s', digits: 2, of: (run) => run.seconds },
  { name: 'CPU of the worker, s', digits: 2, of: (run) => run.workerCpuSeconds },
  { name: 'CPU of the sandbox, s', digits: 2, of: (run) => run.sandboxCpuSeconds },
  { name: 'peak memory of the worker, MB', digits: 0, of: (run) => run.workerPeakMegabytes },
  { name: 'API calls', digits: 0, of: (run) => run.apiCalls },
  { name: 'size of the index, MB', digits: 0, of: (run) => run.indexMegabytes },
  { name: 'records read', digits: 0, of: (run) => run.records },
  { name: "delay of the worker's event loop, p99.9, ms", digits: 0, of: (run) => run.loopDelay.p999 },
  { name: 'the same, longest, ms', digits: 0, of: (run) => run.loopDelay.longest },
];
