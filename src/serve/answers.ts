import type { RecordExplanation } from '../index/port/inspector.ts';
import type { SearchResult, ShownRecord, UserReference } from '../index/port/reader.ts';
import type { Asked } from './audit-log.ts';
import { ACT_AS } from './credentials/act-as.ts';
import type { Caller, Permission } from './credentials/caller.ts';
import type { FailureLog } from './failure-log.ts';
import { AtOnce, EXPLAINED_AT_ONCE } from './limits.ts';
import { RequestProblem, recordNotFound } from './problem.ts';
import { problemOf } from './problems-of.ts';
import { checkedQuestion, type Question } from './question.ts';
import type { ServedIndex } from './served-index.ts';

export interface AnswersOptions {
  readonly failures: FailureLog;
  readonly searches: AtOnce;
  /** Searches that ask Salesforce. */
  readonly verified: AtOnce;
  readonly readStatus: () => Promise<object>;
  /** Called for each search, record and explanation of a user. */
  readonly onAsked: (asked: Asked) => void;
}

/** What the server answers to a caller, over HTTP and MCP. Each call throws only a `RequestProblem`. */
export class Answers {
  readonly #index: ServedIndex;
  readonly #failures: FailureLog;
  readonly #searches: AtOnce;
  readonly #verified: AtOnce;
  readonly #explained = new AtOnce(EXPLAINED_AT_ONCE);
  readonly #readStatus: () => Promise<object>;
  readonly #onAsked: (asked: Asked) => void;

  constructor(index: ServedIndex, { failures, searches, verified, readStatus, onAsked }: AnswersOptions) {
    this.#index = index;
    this.#failures = failures;
    this.#searches = searches;
    this.#verified = verified;
    this.#readStatus = readStatus;
    this.#onAsked = onAsked;
  }

  search(caller: Caller, question: Question): Promise<SearchResult> {
    return this.#audited({ what: 'search' }, caller, async (as) => {
      const { words, ...options } = checkedQuestion(question);
      const reader = await this.#index.reader();
      // A search that waits for Salesforce must not keep others from the index.
      const atOnce = options.verify === true ? this.#verified : this.#searches;
      const found = await atOnce.run(() => reader.search(words, { ...options, as }));
      return { answer: found, userId: found.userId, hits: found.hits.length };
    });
  }

  record(caller: Caller, id: string): Promise<ShownRecord> {
    return this.#audited({ what: 'record', record: id }, caller, async (as) => {
      const reader = await this.#index.reader();
      const record = await this.#searches.run(() => reader.record(id, { as }));
      if (record === null) throw recordNotFound();
      return { answer: record, userId: null, hits: 1 };
    });
  }

  explain(caller: Caller, recordId: string): Promise<RecordExplanation> {
    return this.#audited({ what: 'explain', record: recordId }, caller, async (as) => {
      checkPermission(caller, 'explain');
      const explanation = await this.#explained.run(() => this.#index.explain(recordId, { as }));
      return { answer: explanation, userId: explanation.user.id, hits: 1 };
    });
  }

  async status(caller: Caller): Promise<object> {
    return answered(async () => {
      checkPermission(caller, 'status');
      return this.#readStatus();
    });
  }

  /** Returns why no search can be answered now. Null: searches are answered. */
  async notReady(): Promise<string | null> {
    try {
      await this.#index.check();
      return null;
    } catch (error) {
      const problem = problemOf(error);
      this.#failures.note(problem);
      return problem.message;
    }
  }

  async #audited<Answer>(
    asked: Pick<Asked, 'what' | 'record'>,
    caller: Caller,
    work: (
      as: UserReference,
    ) => Promise<{ readonly answer: Answer; readonly userId: string | null; readonly hits: number }>,
  ): Promise<Answer> {
    return answered(async () => {
      const { user } = caller;
      if (user === null)
        throw new RequestProblem(
          'user_missing',
          `The request names no user. Name the one who searches in the header ${ACT_AS}, like \`username:ada%40acme.example\`.`,
        );
      const begun = performance.now();
      const note = (rest: Pick<Asked, 'userId' | 'hits' | 'outcome' | 'reason'>): void =>
        this.#onAsked({ ...asked, caller: caller.name, user, milliseconds: performance.now() - begun, ...rest });
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
}

async function answered<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(error);
  }
}

function checkPermission({ permissions }: Caller, permission: Permission): void {
  if (!permissions.includes(permission))
    throw new RequestProblem('forbidden', `The credential does not permit this: it needs '${permission}'.`);
}
