import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';
import { SESSION_SECONDS } from '../credentials/sessions.ts';
import type { BegunLogin } from './login-provider.ts';

/** How long a person may take at the identity provider. */
export const LOGIN_SECONDS = 600;

/** A browser with many open pages begins a login in each. More would make its requests too large. */
const MOST_LOGINS = 5;

/** A login that the browser has begun, and the path that it returns to. */
export interface KeptLogin extends BegunLogin {
  readonly to: string;
}

/** What the server keeps in the browser: the session's token, and logins that wait for the identity provider. */
export class LoginCookies {
  readonly sessionName: string;
  readonly #prefix: string;
  readonly #options: CookieOptions;

  /** @param url the server's own address */
  constructor(url: string) {
    const isSecure = new URL(url).protocol === 'https:';
    // Browsers take a cookie with this prefix only from this host, over https.
    const host = isSecure ? '__Host-' : '';
    this.sessionName = `${host}sfc-session`;
    this.#prefix = `${host}sfc-login-`;
    this.#options = { httpOnly: true, sameSite: 'Lax', path: '/', secure: isSecure };
  }

  session(context: Context): string | null {
    return getCookie(context, this.sessionName) ?? null;
  }

  keepSession(context: Context, token: string): void {
    setCookie(context, this.sessionName, token, { ...this.#options, maxAge: SESSION_SECONDS });
  }

  dropSession(context: Context): void {
    deleteCookie(context, this.sessionName, this.#options);
  }

  /** Keeps a login under its state, so that each page of the browser can have one. */
  keepLogin(context: Context, { state, nonce, verifier, to }: KeptLogin): void {
    const older = Object.keys(getCookie(context)).filter((name) => name.startsWith(this.#prefix));
    for (const name of older.slice(0, Math.max(0, older.length + 1 - MOST_LOGINS)))
      deleteCookie(context, name, this.#options);
    const value = [nonce, verifier, Buffer.from(to).toString('base64url')].join('.');
    setCookie(context, `${this.#prefix}${state}`, value, { ...this.#options, maxAge: LOGIN_SECONDS });
  }

  /** Returns the login with that state, once: the browser then forgets it. Null: it has none. */
  takeLogin(context: Context, state: string): KeptLogin | null {
    const name = `${this.#prefix}${state}`;
    const [, nonce, verifier, to] = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/.exec(getCookie(context)[name] ?? '') ?? [];
    if (nonce === undefined || verifier === undefined || to === undefined) return null;
    deleteCookie(context, name, this.#options);
    return { state, nonce, verifier, to: Buffer.from(to, 'base64url').toString() };
  }
}
