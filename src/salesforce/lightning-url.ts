/**
 * Where an org's My Domain host serves Lightning Experience. Sandboxes, scratch orgs, developer editions and playgrounds
 * only have one label more before these endings ("My Domain URL Formats"; the same table is in @salesforce/core's SfdcUrl).
 */
const LIGHTNING_ENDINGS: readonly (readonly [myDomain: string, lightning: string])[] = [
  ['.my.salesforce.com', '.lightning.force.com'],
  ['.my.salesforce.mil', '.lightning.crmforce.mil'],
  ['.my.sfcrmproducts.cn', '.lightning.sfcrmapps.cn'],
];

/**
 * The origin of an org's pages: `https://acme.my.salesforce.com` → `https://acme.lightning.force.com`. Any other host
 * stays as it is: it is the loopback's, or a proxy's, and Salesforce redirects what it passes on.
 *
 * @param baseUrl as `normalizeBaseUrl` returns it
 */
export function lightningOrigin(baseUrl: string): string {
  const known = LIGHTNING_ENDINGS.find(([myDomain]) => baseUrl.endsWith(myDomain));
  if (known === undefined) return baseUrl;
  const [myDomain, lightning] = known;
  return baseUrl.slice(0, -myDomain.length) + lightning;
}

/** The page that shows a record. `origin`: see `lightningOrigin`; empty: the link begins with its path. */
export function recordUrl(origin: string, object: string, id: string): string {
  return `${origin}/lightning/r/${object}/${id}/view`;
}
