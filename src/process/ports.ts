import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../errors.ts';

const LOCAL = '127.0.0.1';
const FREE_MS = 10_000;
/** Below the ports that operating systems give to outgoing connections: one of those can take a free port at any time. */
const [LOWEST_PORT, HIGHEST_PORT] = [15_000, 32_000];
const TRIES = 100;

/** Returns a port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      return await listenOnce(randomInt(LOWEST_PORT, HIGHEST_PORT));
    } catch {
      // In use: the next attempt draws another.
    }
  }
  return listenOnce(0);
}

/**
 * Returns the port that a flag names, or else a free one.
 *
 * @throws UserError naming flag and port if it is taken
 */
export async function portFor(flag: string, wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return freePort();
  try {
    return await listenOnce(wanted);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === 'EADDRINUSE'
        ? `${flag} ${wanted}: this port is in use: choose another, or leave out ${flag} to use a free one.`
        : `${flag} ${wanted}: this port cannot be used (${code}): choose another, or leave out ${flag} to use a free one.`,
    );
  }
}

/** Waits, for some seconds at most, until nobody listens on the port: a killed program needs a moment to release it. */
export async function whenFree(port: number): Promise<number> {
  const deadline = Date.now() + FREE_MS;
  for (;;) {
    try {
      return await listenOnce(port);
    } catch {
      if (Date.now() > deadline) return port;
      await delay(50);
    }
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(port, LOCAL, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : port));
    });
  });
}
