// Runs one program and ends it when the process that asked for it is gone, killed -9 included: that closes the channel
// between the two. In a process group of its own, so that Ctrl-C in the terminal reaches the asker only.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** After SIGTERM, before SIGKILL. */
const GRACE_MS = 15_000;

const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

const tell = (message: unknown): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
};
const stop = (): void => {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
};

child.once('spawn', () => tell({ pid: child.pid }));
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
process.once('disconnect', stop);
process.once('SIGTERM', stop);
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
