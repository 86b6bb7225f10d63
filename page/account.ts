import { type Api, type Me, type Person, Refused, type Settings } from './api.ts';
import { button, element } from './elements.ts';

/** Who searches, at the top of the page: a person of the demo, a name, or who is logged in. */

export interface AccountActions {
  readonly api: Api;
  readonly place: HTMLElement;
  /** Called when the page knows who searches, and after each change. Null: nobody yet. */
  readonly onUser: (me: Me | null) => void;
}

export async function showAccount(settings: Settings, actions: AccountActions): Promise<void> {
  if (settings.isOpen) return settings.people.length > 0 ? showPeople(settings.people, actions) : showName(actions);
  const { api, place, onUser } = actions;
  try {
    const me = await api.me();
    place.replaceChildren(...(me.caller === 'login' ? [loggedIn(me, api)] : []));
    onUser(me);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401 || !settings.hasLogin) throw error;
    const to = encodeURIComponent(`/${location.hash}`);
    place.replaceChildren(element('a', { href: `/login?to=${to}` }, 'Log in'));
    onUser(null);
  }
}

function showPeople(people: readonly Person[], { api, place, onUser }: AccountActions): Promise<void> {
  const options = people.map(({ name, title, user }) => element('option', { value: user }, `${name}, ${title}`));
  const choice = element('select', { id: 'as' }, ...options);
  place.replaceChildren(element('label', {}, 'Search as ', choice));
  const choose = async (): Promise<void> => {
    api.actAs = choice.value;
    onUser(await api.me());
  };
  choice.addEventListener('change', () => void choose());
  return choose();
}

async function showName({ api, place, onUser }: AccountActions): Promise<void> {
  const name = element('input', { id: 'as', type: 'text', autocomplete: 'off', placeholder: 'username' });
  place.replaceChildren(element('label', {}, 'Search as ', name));
  name.addEventListener('change', async () => {
    const text = name.value.trim();
    api.actAs = text === '' ? null : `username:${encodeURIComponent(text)}`;
    onUser(text === '' ? null : await api.me());
  });
  onUser(null);
}

function loggedIn({ user }: Me, api: Api): HTMLElement {
  const leave = button('Log out', async () => {
    await api.logOut();
    location.reload();
  });
  return element('div', { class: 'soft' }, user === null ? '' : `${user.name} `, leave);
}
