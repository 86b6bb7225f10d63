// A program. Writes recorded batches into a new index, and prints what that took as JSON.
import { indexAt } from '../../../src/index/location.ts';
import { openRunStore } from '../../../src/index/open.ts';
import { createSyncRunner } from '../../../test/sync/sync-runner.ts';
import { batchesIn } from './batch-files.ts';
import type { BareWrites } from './measure.ts';

const [url = '', folder = ''] = process.argv.slice(2);
// Makes an index in which a backfill has just begun. It has a few records, which the first batch writes again.
const runner = createSyncRunner(url, { sliceRecords: 1, pageSize: 200 });
await runner.completeInterrupted(1);
const store = await openRunStore({ index: indexAt(runner.path), create: false });
const fence = runner.fence();
let [milliseconds, microseconds, records] = [0, 0, 0];
for (const batch of batchesIn(folder)) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await store.write(fence, batch);
  milliseconds += performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  microseconds += user + system;
  records += batch.records?.length ?? 0;
}
await store.close();
runner.close();
const measured: BareWrites = { seconds: milliseconds / 1e3, cpuSeconds: microseconds / 1e6, records };
process.stdout.write(JSON.stringify(measured));
