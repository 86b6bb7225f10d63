/** The server's API, as the page needs it. /openapi.json describes all of it. */

export const OBJECTS = [
  { name: 'Account', plural: 'Accounts' },
  { name: 'Contact', plural: 'Contacts' },
  { name: 'Case', plural: 'Cases' },
  { name: 'Opportunity', plural: 'Opportunities' },
  { name: 'Lead', plural: 'Leads' },
] as const;

export type ObjectName = (typeof OBJECTS)[number]['name'];

export interface Hit {
  readonly id: string;
  readonly object: ObjectName;
  readonly url: string;
  readonly title: string;
  readonly account: { readonly id: string; readonly name: string } | null;
  readonly snippet: string;
  readonly snippetField: string | null;
  readonly modified: string;
}

export interface Found {
  readonly hits: readonly Hit[];
  readonly total: number;
  readonly totalIsLowerBound: boolean;
  readonly isCut: boolean;
  readonly cursor: string | null;
}

export interface Question {
  readonly words: string;
  readonly types: readonly ObjectName[];
  readonly modifiedFrom?: string;
  readonly account?: string;
  readonly sort: string;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface Explanation {
  readonly finds: boolean;
  readonly chain: readonly { readonly text: string }[];
  readonly missing: readonly { readonly text: string }[];
  readonly hiddenFields: readonly string[];
}

/** A person of the demo, as whom the page may search. */
export interface Person {
  readonly name: string;
  readonly title: string;
  /** For the header Act-As. */
  readonly user: string;
}

export interface Settings {
  /** The server trusts this machine: the page says as whom it searches. */
  readonly isOpen: boolean;
  readonly hasLogin: boolean;
  readonly people: readonly Person[];
}

export interface Me {
  readonly user: { readonly kind: string; readonly name: string } | null;
  readonly permissions: readonly string[];
  readonly caller: string;
}

/** The server refused a request, or did not answer. */
export class Refused extends Error {
  /** 0: it did not answer. */
  readonly status: number;
  /** After how many seconds to ask again. Null: it did not say. */
  readonly retryAfterSeconds: number | null;

  constructor(message: string, status: number, retryAfterSeconds: number | null) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Asks the server. `actAs` is the user for the header Act-As; null: a credential names the user. */
export class Api {
  actAs: string | null = null;

  settings(): Promise<Settings> {
    return this.#ask('/page/settings.json', {});
  }

  me(): Promise<Me> {
    return this.#ask('/v1/me', {});
  }

  search(question: Question, signal: AbortSignal): Promise<Found> {
    return this.#ask('/v1/search', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(question),
      signal,
    });
  }

  explain(id: string): Promise<Explanation> {
    return this.#ask(`/v1/records/${encodeURIComponent(id)}/access`, {});
  }

  logOut(): Promise<void> {
    return this.#ask('/logout', { method: 'POST' });
  }

  async #ask<Reply>(path: string, init: RequestInit): Promise<Reply> {
    const headers = new Headers(init.headers);
    if (this.actAs !== null) headers.set('Act-As', this.actAs);
    const response = await answered(path, { ...init, headers });
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Reply;
    const problem = await response.json().catch(() => ({}));
    const seconds = Number(response.headers.get('Retry-After'));
    const message = problem.detail ?? `The server answered ${response.status}. Try again.`;
    throw new Refused(message, response.status, seconds > 0 ? seconds : null);
  }
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused('The server does not answer. Try again.', 0, null);
  }
}
