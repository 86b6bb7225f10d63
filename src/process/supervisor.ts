// Runs one program, and ends it when the process that started this one is gone, even by kill -9: that closes the
// channel between them. Has its own process group, so that Ctrl-C in the terminal reaches only the starter.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** The time from SIGTERM to SIGKILL. */
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
