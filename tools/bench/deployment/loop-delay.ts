// Loaded by `node --import` before a program's own code, which does not know it. Watches how late the event loop of the
// main thread is. SIGUSR2 writes what was seen since the last SIGUSR2 to the file that the environment names.
import { renameSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { LOOP_DELAY_FILE, watchLoopDelay } from './watch-loop-delay.ts';

const file = process.env[LOOP_DELAY_FILE];
// Worker threads load it too.
if (isMainThread && file !== undefined) {
  const delays = watchLoopDelay();
  process.on('SIGUSR2', () => {
    writeFileSync(`${file}.new`, JSON.stringify(delays.take()));
    renameSync(`${file}.new`, file);
  });
}
