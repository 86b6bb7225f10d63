import { randomBytes } from 'node:crypto';

/** Access tokens and their expiry on the org's clock. Each use extends a session by its full lifetime. */
export class Sessions {
  readonly #ends = new Map<string, number>();
  readonly #lifetimeMs: number;
  readonly #now: () => Date;

  constructor(lifetimeSeconds: number, now: () => Date) {
    this.#lifetimeMs = lifetimeSeconds * 1000;
    this.#now = now;
  }

  /** Starts a session and returns its token, in the format of Salesforce's opaque tokens. */
  open(organizationId: string): string {
    const token = `${organizationId.slice(0, 15)}!${randomBytes(48).toString('base64url')}`;
    this.#ends.set(token, this.#now().getTime() + this.#lifetimeMs);
    return token;
  }

  /** Whether the Authorization header names a session that hasn't expired. */
  admits(authorization: string | null): boolean {
    const token = /^(?:Bearer|OAuth) (\S+)$/i.exec(authorization ?? '')?.[1];
    const end = token === undefined ? undefined : this.#ends.get(token);
    if (token === undefined || end === undefined) return false;
    const now = this.#now().getTime();
    if (now >= end) {
      this.#ends.delete(token);
      return false;
    }
    this.#ends.set(token, now + this.#lifetimeMs);
    return true;
  }

  expireAll(): void {
    this.#ends.clear();
  }
}
