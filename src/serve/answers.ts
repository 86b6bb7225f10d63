import type { RecordExplanation } from '../index/port/inspector.ts';
import type { SearchOptions, SearchResult, ShownRecord, UserReference } from '../index/port/reader.ts';
import type { Log } from '../worker/log/log.ts';
import type { Asked } from './audit-log.ts';
import { ACT_AS } from './credentials/act-as.ts';
import type { Caller, Permission } from './credentials/caller.ts';
import type { RequestRate, SearchesAtOnce } from './limits.ts';
import { RequestProblem, recordNotFound } from './problem.ts';
import { problemOf } from './problems-of.ts';
import type { ServedIndex } from './served-index.ts';

/** A search without its user, whom only a credential names. */
export type Question = { readonly words: string } & Omit<SearchOptions, 'as'>;

export interface AnswersOptions {
  readonly log: Log;
  readonly rate: RequestRate;
  readonly searches: SearchesAtOnce;
  readonly readStatus: () => Promise<object>;
  /** Called for each search, record and explanation of a user, answered or refused, but not above the rate. */
  readonly onAsked: (asked: Asked) => void;
}

/** What the server answers to a caller, over HTTP and MCP. Each call throws only a `RequestProblem`. */
export class Answers {
  readonly #index: ServedIndex;
  readonly #log: Log;
  readonly #rate: RequestRate;
  readonly #searches: SearchesAtOnce;
  readonly #readStatus: () => Promise<object>;
  readonly #onAsked: (asked: Asked) => void;

  constructor(index: ServedIndex, { log, rate, searches, readStatus, onAsked }: AnswersOptions) {
    this.#index = index;
    this.#log = log;
    this.#rate = rate;
    this.#searches = searches;
    this.#readStatus = readStatus;
    this.#onAsked = onAsked;
  }

  search(caller: Caller, { words, ...options }: Question): Promise<SearchResult> {
    return this.#audited('search', caller, async (as) => {
      const reader = await this.#index.reader();
      const found = await this.#searches.run(() => reader.search(words, { ...options, as }));
      return { answer: found, userId: found.userId, hits: found.hits.length };
    });
  }

  record(caller: Caller, id: string): Promise<ShownRecord> {
    return this.#audited('record', caller, async (as) => {
      const reader = await this.#index.reader();
      const record = await this.#searches.run(() => reader.record(id, { as }));
      if (record === null) throw recordNotFound();
      return { answer: record, userId: null, hits: 1 };
    });
  }

  explain(caller: Caller, recordId: string): Promise<RecordExplanation> {
    return this.#audited('explain', caller, async (as) => {
      checkPermission(caller, 'explain');
      const explanation = await this.#searches.run(() => this.#index.explain(recordId, { as }));
      return { answer: explanation, userId: explanation.user.id, hits: 1 };
    });
  }

  async status(caller: Caller): Promise<object> {
    return this.#answered(caller, async () => {
      checkPermission(caller, 'status');
      return this.#readStatus();
    });
  }

  /** Returns who asks. */
  me(caller: Caller): Promise<Caller> {
    return this.#answered(caller, async () => caller);
  }

  /** Returns why no search can be answered now. Null: searches are answered. */
  async notReady(): Promise<string | null> {
    try {
      await this.#index.reader();
      return null;
    } catch (error) {
      return problemOf(error).message;
    }
  }

  async #audited<Answer>(
    what: Asked['what'],
    caller: Caller,
    work: (
      as: UserReference,
    ) => Promise<{ readonly answer: Answer; readonly userId: string | null; readonly hits: number }>,
  ): Promise<Answer> {
    return this.#answered(caller, async () => {
      const { user } = caller;
      if (user === null)
        throw new RequestProblem(
          'user_missing',
          `The request names no user. Name the one who searches in the header ${ACT_AS}, like \`username:ada%40acme.example\`.`,
        );
      const begun = performance.now();
      const note = (rest: Pick<Asked, 'userId' | 'hits' | 'outcome' | 'reason'>): void =>
        this.#onAsked({ what, caller: caller.name, user, milliseconds: performance.now() - begun, ...rest });
      try {
        const { answer, userId, hits } = await work(user);
        note({ userId, hits, outcome: 'ok' });
        return answer;
      } catch (error) {
        const { code, facts } = problemOf(error);
        note({ userId: null, hits: 0, outcome: code, reason: facts.reason });
        throw error;
      }
    });
  }

  async #answered<Answer>(caller: Caller, work: () => Promise<Answer>): Promise<Answer> {
    try {
      await this.#rate.count(limitKey(caller));
      return await work();
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500) this.#log.error('request_failed', textOf(error), { code: problem.code });
      throw problem;
    }
  }
}

function checkPermission({ permissions }: Caller, permission: Permission): void {
  if (!permissions.includes(permission))
    throw new RequestProblem('forbidden', `The credential does not permit this: it needs '${permission}'.`);
}

/** A service has one limit for all its users. An identity provider's users have one each. */
function limitKey({ kind, name, user }: Caller): string {
  const isPerson = kind === 'jwt' || kind === 'login';
  return isPerson && user !== null ? `${name} ${user.kind} ${user.name}` : name;
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
