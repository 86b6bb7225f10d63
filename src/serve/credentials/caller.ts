import type { UserNameKind } from '../../index/model/user-name.ts';
import type { UserReference } from '../../index/port/reader.ts';

/** What a caller may ask for beside searches and records. */
export const PERMISSIONS = ['explain', 'status'] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** How a caller is known: by a login, a JWT or a service token; or as a program on this machine. */
export const CALLER_KINDS = ['login', 'jwt', 'token', 'local'] as const;

/** Who sent a request, by a verified credential. */
export interface Caller {
  readonly kind: (typeof CALLER_KINDS)[number];
  /** For limits and the audit log: `login`, `jwt`, `token crm`, `local`. */
  readonly name: string;
  /** The user for whom the caller asks. Null: the request names none. */
  readonly user: UserReference | null;
  readonly permissions: readonly Permission[];
}

/** The kinds of names in config files and headers, and what they are in the index. */
export const NAME_KINDS = {
  id: 'id',
  username: 'username',
  federation_id: 'federationId',
  email: 'email',
} as const satisfies Readonly<Record<string, UserNameKind>>;

/** Returns a kind of name as config files and headers write it. */
export function writtenKind(kind: UserNameKind): keyof typeof NAME_KINDS {
  return kind === 'federationId' ? 'federation_id' : kind;
}

/** Returns a user in the form of config files and headers: `username:ada@acme.example`. */
export function userText({ kind, name }: UserReference): string {
  return `${writtenKind(kind)}:${name}`;
}

/** Reads `username:ada@acme.example`. Null: it has another form. */
export function parseUser(text: string): UserReference | null {
  const [, written, name] = /^([a-z_]+):(.+)$/su.exec(text) ?? [];
  const known = Object.entries(NAME_KINDS).find(([each]) => each === written);
  return known === undefined || name === undefined ? null : { kind: known[1], name };
}
