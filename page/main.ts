import { showAccount, takeAsked } from './account.ts';
import { Api, type Me, OBJECTS, Refused } from './api.ts';
import { button, element, part } from './elements.ts';
import { Results } from './results.ts';
import { isLongEnough, readView, type View, writeView } from './view-state.ts';

// The search page: reads what is asked from the form and the address, and shows what is found.

const TYPING_MS = 200;

const words = part('words', HTMLInputElement);
const types = part('types', HTMLFieldSetElement);
const modified = part('modified', HTMLSelectElement);
const sort = part('sort', HTMLSelectElement);
const accountFilter = part('account-filter', HTMLSpanElement);
const places = {
  results: part('results', HTMLDivElement),
  end: part('end', HTMLDivElement),
  status: part('status', HTMLParagraphElement),
  alert: part('alert', HTMLDivElement),
};

const api = new Api();
let me: Me | null = null;
let view: View = readView(takeAsked() ?? location.hash);
let typing: number | undefined;

const results = new Results(api, places, () => ({
  api,
  mayExplain: me?.permissions.includes('explain') ?? false,
  onAccount: (account) => changeAll({ account, type: null }),
  onType: (type) => changeAll({ type }),
}));

function search(): void {
  if (me !== null) void results.show(view);
}

/** Changes what is asked, in the form, the address and the results. */
function change(changes: Partial<View>, { isTyping = false } = {}): void {
  clearTimeout(typing);
  view = { ...view, words: words.value, ...changes };
  // Going back leads to the last choice, not through each letter.
  if (isTyping) history.replaceState(null, '', writeView(view));
  else history.pushState(null, '', writeView(view));
  fillForm();
  search();
}

/** The same, from within the results: they are replaced, so the person starts at their beginning. */
function changeAll(changes: Partial<View>): void {
  change(changes);
  places.results.focus();
  scrollTo(0, 0);
}

function fillForm(): void {
  if (words.value !== view.words) words.value = view.words;
  modified.value = view.days;
  sort.value = view.sort;
  for (const each of types.querySelectorAll('input')) each.checked = each.value === (view.type ?? '');
  const { account } = view;
  accountFilter.replaceChildren(
    ...(account === null
      ? []
      : [
          button(`only ${account.name} ✕`, () => change({ account: null }), {
            'aria-label': `Stop searching only in ${account.name}`,
          }),
        ]),
  );
}

function addTypes(): void {
  const all = [{ name: '', plural: 'All' }, ...OBJECTS];
  for (const { name, plural } of all) {
    const choice = element('input', { type: 'radio', name: 'type', value: name });
    choice.addEventListener('change', () => change({ type: OBJECTS.find((each) => each.name === name)?.name ?? null }));
    types.append(element('label', {}, choice, plural));
  }
}

function listen(): void {
  words.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      if (isLongEnough(words.value)) change({}, { isTyping: true });
      else results.clear('Type at least three letters, or press Enter.');
    }, TYPING_MS);
  });
  part('question', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    change({});
  });
  modified.addEventListener('change', () => change({ days: modified.value }));
  sort.addEventListener('change', () => change({ sort: sort.value }));
  part('skip', HTMLAnchorElement).addEventListener('click', (event) => {
    // Following the link would replace the fragment, which is what is asked.
    event.preventDefault();
    places.results.focus();
  });
  addEventListener('popstate', () => {
    view = readView(location.hash);
    fillForm();
    search();
  });
  document.addEventListener('keydown', moveByKey);
}

/** `/` goes to the question; the arrows go from hit to hit. */
function moveByKey(event: KeyboardEvent): void {
  const { target, key } = event;
  const isTyping = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
  if (key === '/' && !isTyping) {
    event.preventDefault();
    words.focus();
  }
  if ((key !== 'ArrowDown' && key !== 'ArrowUp') || (isTyping && target !== words)) return;
  const links = [...places.results.querySelectorAll<HTMLElement>('h3 a')];
  const at = links.indexOf(target as HTMLElement);
  const next = at + (key === 'ArrowDown' ? 1 : -1);
  if (target !== words && at < 0) return;
  if (target === words && key === 'ArrowUp') return;
  event.preventDefault();
  (next < 0 ? words : (links[next] ?? links.at(-1)))?.focus();
}

async function start(): Promise<void> {
  history.replaceState(null, '', writeView(view));
  addTypes();
  fillForm();
  listen();
  const settings = await api.settings();
  await showAccount(settings, {
    api,
    place: part('account', HTMLDivElement),
    onUser: (known) => {
      me = known;
      if (known === null)
        results.clear(settings.hasLogin ? 'Log in to search.' : 'Type the name of a user to search as.');
      else search();
    },
  });
}

start().catch((error: unknown) => {
  const text = error instanceof Refused ? error.message : 'The page has failed. Load it again.';
  places.alert.replaceChildren(element('div', { class: 'alert' }, text));
});
