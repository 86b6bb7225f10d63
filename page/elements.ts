/** Makes elements. Text is always text: a record named like markup shows as its name. */

type Child = Node | string | null;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function button(
  text: string,
  onClick: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}

/** Returns the element of the page with that id. */
export function part<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
  return found;
}

/** Returns a snippet with its matches, which are between ⟦ and ⟧, marked. */
export function marked(snippet: string): Node[] {
  return snippet.split(/(⟦[^⟧]*⟧)/u).flatMap((text): Node[] => {
    if (text === '') return [];
    return text.startsWith('⟦') ? [element('mark', {}, text.slice(1, -1))] : [new Text(text)];
  });
}
