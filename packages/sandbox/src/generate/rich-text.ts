/** Returns rich text as Salesforce's editor saves it: a heading, a list and a closing line. */
export function richText(heading: string, items: readonly string[], closing: string): string {
  const list = items.map((item) => `<li>${escaped(item)}</li>`).join('');
  return `<p><b>${escaped(heading)}</b></p><ul>${list}</ul><p>${escaped(closing)}&nbsp;</p>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}
