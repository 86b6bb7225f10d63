import { type Api, type Explanation, type Hit, Refused } from './api.ts';
import { button, element, marked } from './elements.ts';

export interface HitActions {
  readonly api: Api;
  readonly mayExplain: boolean;
  /** Searches only in that account. */
  readonly onAccount: (account: NonNullable<Hit['account']>) => void;
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Returns a hit as an item of a list. */
export function hitItem(hit: Hit, { api, mayExplain, onAccount }: HitActions): HTMLLIElement {
  const { account, snippet, snippetField, title, url, modified } = hit;
  const facts = element('p', { class: 'soft' });
  if (account !== null)
    facts.append(button(account.name, () => onAccount(account), { title: `Only records of ${account.name}` }));
  facts.append(element('span', {}, `modified ${dates.format(new Date(modified))}`));
  const item = element('li', { class: 'hit' });
  const isTitle = snippet.replaceAll(/[⟦⟧]/gu, '') === title;
  const shownTitle = isTitle ? marked(snippet) : [title];
  item.append(element('h3', { dir: 'auto' }, ...(isWebUrl(url) ? [link(url, shownTitle)] : shownTitle)));
  if (snippet !== '' && !isTitle) item.append(snippetLine(snippet, snippetField));
  item.append(facts);
  if (mayExplain) addWhy(item, facts, api, hit);
  return item;
}

function link(url: string, title: readonly (Node | string)[]): HTMLAnchorElement {
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...title);
}

function snippetLine(snippet: string, field: string | null): HTMLElement {
  const name = field === null ? null : element('span', { class: 'soft' }, `${field}: `);
  return element('p', { dir: 'auto' }, name, ...marked(snippet));
}

/** An index without the org's address has paths. */
function isWebUrl(url: string): boolean {
  return /^https?:\/\//.test(url);
}

function addWhy(item: HTMLLIElement, facts: HTMLElement, api: Api, { id, title }: Hit): void {
  const why = element('div', { class: 'why', id: `why-${id}`, hidden: '' });
  const toggle = button('Why do I see this?', open, {
    'aria-expanded': 'false',
    'aria-controls': why.id,
    'aria-label': `Why do I see this? ${title}`,
  });
  facts.append(toggle);
  item.append(why);

  async function open(): Promise<void> {
    why.hidden = !why.hidden;
    toggle.setAttribute('aria-expanded', String(!why.hidden));
    if (why.hidden || why.dataset.isRead === 'true') return;
    why.replaceChildren(element('p', {}, 'Reading …'));
    try {
      why.replaceChildren(...reasons(await api.explain(id)));
      why.dataset.isRead = 'true';
    } catch (error) {
      why.replaceChildren(
        element('p', {}, error instanceof Refused ? error.message : 'The page has failed. Load it again.'),
      );
    }
  }
}

function reasons({ chain, missing, hiddenFields }: Explanation): Node[] {
  const list = (links: Explanation['chain']) => element('ul', {}, ...links.map(({ text }) => element('li', {}, text)));
  const hidden =
    hiddenFields.length === 0 ? [] : [element('p', {}, `Fields that you cannot read: ${hiddenFields.join(', ')}.`)];
  const lead = chain.length > 0 ? 'You can read this record because:' : 'According to the index, you have no access:';
  return [element('p', {}, lead), list(chain.length > 0 ? chain : missing), ...hidden];
}
