import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { foldName } from '../../index/model/user-name.ts';
import type { UserReference } from '../../index/port/reader.ts';
import { recordId18 } from '../../lib/record-ids.ts';
import { RequestProblem } from '../problem.ts';
import { type Caller, PERMISSIONS, parseUser, userText } from './caller.ts';

/** Every service token begins with it, so that scanners for secrets recognize one. */
const PREFIX = 'sfc_';
const BYTES = 32;

const user = z.string().refine((text) => parseUser(text) !== null, {
  error: 'write a kind and a name, like username:ada@acme.example',
});

/** The file of service tokens: `{ tokens: [...] }`. */
export const tokensSchema = z.strictObject({
  tokens: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'use small letters, digits and hyphens' }),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'write the SHA-256 of the token, 64 hex digits' }),
      connections: z.array(z.string()).min(1, { error: 'name one connection or more' }),
      expires: z.iso.datetime({ error: 'write a time, like 2027-01-01T00:00:00Z' }),
      users: z.array(user).min(1, { error: 'name one user or more, or leave it out' }).optional(),
      may: z.array(z.enum(PERMISSIONS, { error: `write ${PERMISSIONS.join(' or ')}` })).optional(),
    }),
  ),
});

export type TokenEntry = z.infer<typeof tokensSchema>['tokens'][number];

/** Creates a token, and its hash. The hash is stored; the token is shown once. */
export function createToken(): { readonly token: string; readonly sha256: string } {
  const token = `${PREFIX}${randomBytes(BYTES).toString('base64url')}`;
  return { token, sha256: hashOf(token).toString('hex') };
}

export function isServiceToken(credential: string): boolean {
  return credential.startsWith(PREFIX);
}

/** Reads and checks the file of service tokens. Throws a `UserError` that says what to correct. */
export async function readTokens(file: string): Promise<readonly TokenEntry[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${file} cannot be read (${code ?? 'it is not JSON'}): correct serve.tokens_file, or create the file with \`salesforce-connector token create\`.`,
    );
  }
  const parsed = tokensSchema.safeParse(content);
  if (parsed.success) return parsed.data.tokens;
  const [issue] = parsed.error.issues;
  throw new UserError(`${file}: ${issue?.path.join('.')}: ${issue?.message ?? 'it has another form'}.`);
}

/** The service tokens of one connection. The file is read again when it has changed. */
export class ServiceTokens {
  readonly #file: string;
  readonly #connection: string;
  readonly #onError: (error: Error) => void;
  #version = '';
  /** The version whose trouble was reported. */
  #reported = '';
  #reading: Promise<void> | null = null;
  /** Null: the file cannot be used. */
  #entries: readonly (TokenEntry & { readonly hash: Buffer })[] | null = [];

  /** @param onError receives what is wrong with a changed file; until it is right, no token is accepted */
  constructor(
    { file, connection }: { readonly file: string; readonly connection: string },
    onError: (error: Error) => void,
  ) {
    this.#file = file;
    this.#connection = connection;
    this.#onError = onError;
  }

  /**
   * Returns who has the token. Null: it is unknown or expired, or belongs to another connection.
   *
   * @param actsFor the user whom the request names
   * @throws RequestProblem if the token may not act for that user, or the file cannot be used
   */
  async callerOf(token: string, actsFor: UserReference | null): Promise<Caller | null> {
    await this.#refresh();
    if (this.#entries === null)
      throw new RequestProblem(
        'tokens_unavailable',
        'The file of service tokens cannot be used. The log of the server says why.',
      );
    const hash = hashOf(token);
    // Every entry is compared, so that the time does not depend on the place of the match.
    const [entry] = this.#entries.filter((each) => timingSafeEqual(each.hash, hash));
    if (entry === undefined || !entry.connections.includes(this.#connection)) return null;
    if (Date.parse(entry.expires) <= Date.now()) return null;
    if (entry.users !== undefined && actsFor !== null && !entry.users.some((text) => isSame(text, actsFor)))
      throw new RequestProblem(
        'forbidden',
        'The token may not act for that user. Its entry lists those whom it may act for.',
        {},
        `token ${entry.name} was refused for ${userText(actsFor)}`,
      );
    return { kind: 'token', name: `token ${entry.name}`, user: actsFor, permissions: entry.may ?? [] };
  }

  /** Reads a changed file. Requests that come meanwhile wait for it. */
  async #refresh(): Promise<void> {
    const version = await versionOf(this.#file);
    if (version === this.#version) return;
    this.#reading ??= this.#read(version).finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  /** A file that cannot be read is tried again by the next request, because the trouble may pass. */
  async #read(version: string): Promise<void> {
    try {
      const entries = await readTokens(this.#file);
      this.#entries = entries.map((entry) => ({ ...entry, hash: Buffer.from(entry.sha256, 'hex') }));
      this.#version = version;
    } catch (error) {
      this.#entries = null;
      if (version !== this.#reported) this.#onError(error as Error);
      this.#reported = version;
    }
  }
}

/** Whether a token's entry means that user, by the same kind of name. */
function isSame(text: string, { kind, name }: UserReference): boolean {
  const user = parseUser(text);
  if (user?.kind !== kind) return false;
  if (kind === 'id') return (recordId18(user.name) ?? user.name) === (recordId18(name) ?? name);
  return kind === 'federationId' ? user.name === name : foldName(user.name) === foldName(name);
}

/** Returns a text that changes with the file. */
async function versionOf(file: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(file);
    return [mtimeMs, ctimeMs, size, ino].join(' ');
  } catch {
    return 'gone';
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
