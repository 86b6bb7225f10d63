import { spawn } from 'node:child_process';
import { once as onEvent } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Notify } from '../../config/monitoring.ts';
import type { Message } from './message.ts';

/** Why a delivery failed, for the log. Never contains the URL or the response. */
class NotDelivered extends Error {
  override name = 'NotDelivered';
  /** Another try may succeed. */
  readonly mayPass: boolean;

  constructor(message: string, mayPass: boolean) {
    super(message);
    this.mayPass = mayPass;
  }
}

export interface Patience {
  readonly timeoutMs: number;
  /** The pauses between the tries. */
  readonly delaysMs: readonly number[];
}

const PATIENCE: Patience = { timeoutMs: 20_000, delaysMs: [2_000, 10_000] };

/** Variables that a command does not get. */
const SECRET_VARIABLES = /^(SALESFORCE_|TEMPORAL_|OTEL_)/;

/** A notification channel, which is tried a few times. */
export interface Way {
  readonly name: 'command' | 'webhook';
  /**
   * Delivers a message.
   *
   * @throws NotDelivered if it was not accepted
   */
  deliver(message: Message): Promise<void>;
}

export function waysOf({ command, webhook }: Notify, { timeoutMs, delaysMs }: Patience = PATIENCE): Way[] {
  const way = (name: Way['name'], once: (body: string) => Promise<void>): Way => ({
    name,
    deliver: (message) => trying(() => once(JSON.stringify(message)), delaysMs),
  });
  return [
    ...(command === null ? [] : [way('command', (body) => runCommand(command, body, timeoutMs))]),
    ...(webhook === null ? [] : [way('webhook', (body) => post(webhook, body, timeoutMs))]),
  ];
}

async function trying(once: () => Promise<void>, delaysMs: readonly number[]): Promise<void> {
  for (const delayMs of delaysMs) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof NotDelivered && error.mayPass)) throw error;
      await pause(delayMs, undefined, { ref: false });
    }
  }
  return once();
}

async function runCommand([program = '', ...args]: readonly string[], body: string, timeoutMs: number): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRET_VARIABLES.test(name)));
  const child = spawn(program, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    env,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  // If this process ends, nothing enforces the command's time limit, so the command must end too.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  // A command may end without reading.
  child.stdin.on('error', () => {});
  child.stdin.end(body);
  try {
    const [code, signal] = await onEvent(child, 'exit');
    if (code === 0) return;
    const how = signal === null ? `exit code ${code}` : `ended by ${signal}, after ${timeoutMs / 1000} s at most`;
    throw new NotDelivered(`the command failed (${how})`, true);
  } catch (error) {
    if (error instanceof NotDelivered) throw error;
    throw new NotDelivered(`the command could not be started (${(error as NodeJS.ErrnoException).code})`, false);
  }
}

async function post(url: string, body: string, timeoutMs: number): Promise<void> {
  let status: number;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // A redirect's target was not configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    await response.body?.cancel();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = (cause as NodeJS.ErrnoException).code ?? (error as Error).name;
    throw new NotDelivered(`the webhook did not answer (${code})`, true);
  }
  if (status >= 200 && status < 300) return;
  throw new NotDelivered(`the webhook answered HTTP ${status}`, status === 429 || status >= 500);
}
