import { type Api, type Me, type Person, Refused, type Settings } from './api.ts';
import { button, element } from './elements.ts';

// Who searches, at the top of the page: a person of the demo, a name, or who is logged in.

/** What an open server permits to everybody on this machine. */
const ANYBODY: Me = { user: null, permissions: ['explain'], caller: 'local' };

export interface AccountActions {
  readonly api: Api;
  readonly place: HTMLElement;
  /** Called when the page knows who searches, and after each change. Null: nobody yet. */
  readonly onUser: (me: Me | null) => void;
}

/** What was asked before the login, kept in this window. */
const ASKED = 'asked';

/** Returns what was asked before a login, once. */
export function takeAsked(): string | null {
  const asked = sessionStorage.getItem(ASKED);
  sessionStorage.removeItem(ASKED);
  return asked;
}

export async function showAccount(settings: Settings, actions: AccountActions): Promise<void> {
  if (settings.isOpen) {
    if (settings.people.length > 0) showPeople(settings.people, actions);
    else showName(actions);
    return;
  }
  const { api, place, onUser } = actions;
  try {
    const me = await api.me();
    place.replaceChildren(...(me.caller === 'login' ? [loggedIn(me, api)] : []));
    onUser(me);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401 || !settings.hasLogin) throw error;
    const login = element('a', { href: '/login?to=/' }, 'Log in');
    // In the address of a request, the words would be in logs.
    login.addEventListener('click', () => sessionStorage.setItem(ASKED, location.hash));
    place.replaceChildren(login);
    onUser(null);
  }
}

function showPeople(people: readonly Person[], { api, place, onUser }: AccountActions): void {
  const options = people.map(({ name, title, user }) => element('option', { value: user }, `${name}, ${title}`));
  const choice = element('select', { id: 'as' }, ...options);
  place.replaceChildren(element('label', {}, 'Search as ', choice));
  const choose = (): void => {
    api.actAs = choice.value;
    onUser(ANYBODY);
  };
  choice.addEventListener('change', choose);
  choose();
}

function showName({ api, place, onUser }: AccountActions): void {
  const name = element('input', { id: 'as', type: 'text', autocomplete: 'off', placeholder: 'username or user id' });
  place.replaceChildren(element('label', {}, 'Search as ', name));
  name.addEventListener('change', () => {
    const text = name.value.trim();
    const kind = /^005\w{12}(?:\w{3})?$/.test(text) ? 'id' : 'username';
    api.actAs = text === '' ? null : `${kind}:${encodeURIComponent(text)}`;
    onUser(text === '' ? null : ANYBODY);
  });
  onUser(null);
}

function loggedIn({ user }: Me, api: Api): HTMLElement {
  const leave = button('Log out', () => {
    // Without an answer the session may still be there: the page that is loaded again shows it.
    void api.logOut().finally(() => location.reload());
  });
  return element('div', { class: 'soft' }, user === null ? '' : `${user.name} `, leave);
}
