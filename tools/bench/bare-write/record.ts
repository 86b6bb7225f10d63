// A program. Runs a complete backfill of the org in this process, and writes each batch of it to a file of its own.
import { register } from 'node:module';

const [url = '', folder = ''] = process.argv.slice(2);
// Before the code that opens stores is loaded.
register('./record-hook.js', import.meta.url);
const { recordInto } = await import('./recording-open.ts');
const { createSyncRunner } = await import('../../../test/sync/sync-runner.ts');

recordInto(folder);
const runner = createSyncRunner(url, { sliceRecords: 16_000, pageSize: 2_000 });
await runner.complete();
runner.close();
