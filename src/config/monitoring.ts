import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.ts';

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the worker reports that a connection becomes unhealthy or recovers. */
export interface Notify {
  /** A program and its arguments, run without a shell; null: none. */
  readonly command: readonly string[] | null;
  /** A URL, which may be a secret; null: none. */
  readonly webhook: string | null;
}

const LISTEN = 'write an address and a port, like 127.0.0.1:9464';
const COMMAND = 'write a list of a program and its arguments, like [/usr/local/bin/page, search]';
const WEBHOOK = 'write a URL that begins with https:// or http://';

/** `127.0.0.1:9464`, `[::1]:9464`, `0.0.0.0:9464`; null: not an address. */
export function parseListen(text: string): ListenAddress | null {
  const [, six, four, digits] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d+)$/.exec(text) ?? [];
  const host = six ?? four;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port };
}

export const metricsSchema = z
  .strictObject(
    {
      listen: z
        .string({ error: LISTEN })
        .transform((text, context) => {
          const address = parseListen(text.trim());
          if (address !== null) return address;
          context.addIssue({ code: 'custom', message: LISTEN });
          return z.NEVER;
        })
        .optional()
        .meta({ description: 'The address that serves `/metrics`, `/healthz` and `/readyz`. Default: none.' }),
    },
    { error: 'set listen under it' },
  )
  .prefault({})
  .meta({ description: 'Metrics and health of the worker.' });

export const notifySchema = z
  .strictObject(
    {
      command: z
        .array(z.string({ error: COMMAND }).min(1, { error: COMMAND }), { error: COMMAND })
        .min(1, { error: COMMAND })
        .optional()
        .meta({ description: 'A program and its arguments. It receives the message as JSON on stdin.' }),
      webhook: z.string({ error: WEBHOOK }).trim().refine(isWebUrl, { error: WEBHOOK }).optional().meta({
        description: 'A URL that receives the message by POST. Default: `SALESFORCE_CONNECTOR_NOTIFY_WEBHOOK`.',
      }),
      webhook_file: z
        .string({ error: 'write the path of a file that holds only the URL' })
        .min(1)
        .optional()
        .meta({ description: 'A file that holds that URL. It is read for each message.' }),
    },
    { error: 'set command, webhook or webhook_file under it' },
  )
  .prefault({})
  .refine((notify) => notify?.webhook === undefined || notify.webhook_file === undefined, {
    path: ['webhook_file'],
    error: 'set webhook or this, not both',
    when: () => true,
  })
  .meta({
    description: 'Where to send a message when the connection becomes unhealthy or degraded, and when it recovers.',
  });

const WEBHOOK_VARIABLE = 'SALESFORCE_CONNECTOR_NOTIFY_WEBHOOK';

/**
 * Reads where to report, so that a changed webhook file works without a restart; null: nowhere. A command or a file
 * counts only in a named config file: the one in `.data/last` may have come with the folder.
 *
 * @throws UserError saying what is wrong, never with the URL
 */
export async function readNotify(
  sources: {
    readonly file: string;
    readonly isNamed: boolean;
    readonly notify: z.infer<typeof notifySchema>;
  },
  env: NodeJS.ProcessEnv,
): Promise<Notify | null> {
  const { file, isNamed, notify } = sources;
  if (!isNamed && Object.values(notify).some((value) => value !== undefined))
    throw new UserError(
      `${file}, from .data/last, sets notify, which is used only from a config file given by --config: pass --config ${file} if you trust it.`,
    );
  const written = notify.webhook ?? (await urlFrom(file, notify.webhook_file));
  const webhook = written ?? (env[WEBHOOK_VARIABLE]?.trim() || null);
  if (webhook !== null && !isWebUrl(webhook)) {
    const where = written === undefined ? WEBHOOK_VARIABLE : `${file}: notify.webhook_file`;
    throw new UserError(`${where} is not a URL: ${WEBHOOK}.`);
  }
  const command = notify.command ?? null;
  return command === null && webhook === null ? null : { command, webhook };
}

async function urlFrom(file: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return (await readFile(resolve(dirname(file), path), 'utf8')).trim();
  } catch (error) {
    throw new UserError(
      `${file}: notify.webhook_file: the file cannot be read (${(error as NodeJS.ErrnoException).code}): correct the path or the file's permissions.`,
    );
  }
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
