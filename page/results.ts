import { type Api, type Found, OBJECTS, type ObjectName, type Question, Refused } from './api.ts';
import { button, element } from './elements.ts';
import { type HitActions, hitItem } from './hits.ts';
import type { View } from './view-state.ts';

const IN_OVERVIEW = 5;
const ON_PAGE = 25;

/** Where results are shown. */
export interface Places {
  readonly results: HTMLElement;
  /** Behind the results: when it comes into view, the next page is read. */
  readonly end: HTMLElement;
  readonly status: HTMLElement;
  readonly alert: HTMLElement;
}

export interface ResultActions extends HitActions {
  readonly onType: (type: ObjectName) => void;
}

/** Searches, and shows what was found: the best of each object, or all of one object while the person scrolls. */
export class Results {
  readonly #api: Api;
  readonly #places: Places;
  readonly #actions: () => ResultActions;
  #stop = new AbortController();
  #next: (() => Promise<void>) | null = null;
  /** Repeats a search that was one too many. */
  #again: number | undefined;

  constructor(api: Api, places: Places, actions: () => ResultActions) {
    this.#api = api;
    this.#places = places;
    this.#actions = actions;
    new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void this.#readOn();
      },
      { rootMargin: '400px' },
    ).observe(places.end);
  }

  /** Shows what this view finds. An earlier search that is under way is given up. */
  async show(view: View): Promise<void> {
    clearTimeout(this.#again);
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#next = null;
    this.#places.results.ariaBusy = 'true';
    try {
      await (view.type === null ? this.#showAll(view, signal) : this.#showOne(view, view.type, signal));
    } catch (error) {
      if (signal.aborted) return;
      this.#showProblem(error, view);
    }
  }

  clear(status: string): void {
    clearTimeout(this.#again);
    this.#stop.abort();
    this.#next = null;
    this.#places.results.replaceChildren();
    this.#places.results.ariaBusy = 'false';
    this.#places.alert.replaceChildren();
    this.#places.status.textContent = status;
  }

  async #showAll(view: View, signal: AbortSignal): Promise<void> {
    const found = await Promise.all(
      OBJECTS.map(async (object) => {
        const question = questionOf(view, object.name, IN_OVERVIEW, null);
        return { ...object, found: await this.#api.search(question, signal) };
      }),
    );
    const some = found.filter((each) => each.found.total > 0);
    const total = some.reduce((sum, each) => sum + each.found.total, 0);
    const isMore = some.some((each) => each.found.totalIsLowerBound);
    this.#replace(
      some.map(({ name, plural, found }) => this.#group(name, plural, found)),
      summary(
        total,
        isMore,
        found.some((each) => each.found.isCut),
      ),
    );
  }

  #group(name: ObjectName, plural: string, found: Found): HTMLElement {
    const { onType } = this.#actions();
    const rest =
      found.cursor === null
        ? null
        : element(
            'p',
            { class: 'more' },
            button(`Show all ${plural.toLowerCase()}`, () => onType(name)),
          );
    return section(plural, found, this.#items(found), rest);
  }

  async #showOne(view: View, type: ObjectName, signal: AbortSignal): Promise<void> {
    const first = await this.#api.search(questionOf(view, type, ON_PAGE, null), signal);
    const list = this.#items(first);
    const plural = OBJECTS.find(({ name }) => name === type)?.plural ?? type;
    this.#replace([section(plural, first, list, null)], summary(first.total, first.totalIsLowerBound, first.isCut));
    const readAfter = (cursor: string | null): void => {
      if (cursor === null) return;
      this.#next = async () => {
        const page = await this.#api.search(questionOf(view, type, ON_PAGE, cursor), signal);
        list.append(...this.#items(page).children);
        readAfter(page.cursor);
      };
    };
    readAfter(first.cursor);
    await this.#readOn();
  }

  /** Reads further pages as long as the end of the results is in view. */
  async #readOn(): Promise<void> {
    const { signal } = this.#stop;
    while (this.#next !== null && !signal.aborted && isNearView(this.#places.end)) {
      const next = this.#next;
      this.#next = null;
      try {
        await next();
      } catch (error) {
        if (signal.aborted) return;
        this.#next = next;
        const again = button('Try again', () => void this.#readOn());
        this.#places.alert.replaceChildren(alertOf(error, 'The next results could not be read.', again));
        return;
      }
    }
  }

  #items({ hits }: Found): HTMLOListElement {
    return element('ol', {}, ...hits.map((hit) => hitItem(hit, this.#actions())));
  }

  #replace(groups: readonly HTMLElement[], status: string): void {
    this.#places.results.replaceChildren(...groups);
    this.#places.results.ariaBusy = 'false';
    this.#places.alert.replaceChildren();
    this.#places.status.textContent = status;
  }

  #showProblem(error: unknown, view: View): void {
    const seconds = error instanceof Refused && error.status === 429 ? error.retryAfterSeconds : null;
    this.clear('');
    if (seconds !== null) this.#again = setTimeout(() => void this.show(view), seconds * 1000);
    const isLoggedOut = error instanceof Refused && error.status === 401;
    const again = isLoggedOut
      ? button('Log in again', () => location.reload())
      : button('Try again', () => void this.show(view));
    this.#places.alert.replaceChildren(alertOf(error, 'The search failed.', again));
  }
}

function questionOf(
  { words, days, sort, account }: View,
  type: ObjectName,
  limit: number,
  cursor: string | null,
): Question {
  const from = new Date(Date.now() - Number(days) * 86_400_000);
  return {
    words,
    types: [type],
    ...(days === '' ? {} : { modifiedFrom: from.toISOString().slice(0, 10) }),
    ...(account === null ? {} : { account: account.id }),
    sort,
    limit,
    cursor,
  };
}

function section(
  plural: string,
  { total, totalIsLowerBound }: Found,
  list: HTMLElement,
  rest: HTMLElement | null,
): HTMLElement {
  const count = `${totalIsLowerBound ? 'more than ' : ''}${total.toLocaleString()}`;
  const id = `group-${plural}`;
  return element(
    'section',
    { 'aria-labelledby': id },
    element('h2', { id }, `${plural} `, element('span', { class: 'count' }, `(${count})`)),
    list,
    rest,
  );
}

function summary(total: number, isMore: boolean, isCut: boolean): string {
  const cut = isCut ? ' The search took too long and stopped, so some are missing. Type more words.' : '';
  if (total === 0) return `Nothing found.${cut}`;
  return `${isMore ? 'More than ' : ''}${total.toLocaleString()} ${total === 1 ? 'record' : 'records'} found.${cut}`;
}

function alertOf(error: unknown, lead: string, ...more: readonly Node[]): HTMLElement {
  return element('div', { class: 'alert' }, element('p', {}, `${lead} ${textOf(error)}`), ...more);
}

function textOf(error: unknown): string {
  if (!(error instanceof Refused)) return 'The page has failed. Load it again.';
  return error.status === 401 ? 'You are not logged in.' : error.message;
}

function isNearView(end: HTMLElement): boolean {
  return end.getBoundingClientRect().top < window.innerHeight + 400;
}
