/**
 * The Lightning Experience domain for each My Domain domain. Sandboxes, scratch orgs, developer editions and
 * playgrounds only have one more label before these endings (source: "My Domain URL Formats"; @salesforce/core's
 * SfdcUrl has the same table).
 */
const LIGHTNING_ENDINGS: readonly (readonly [myDomain: string, lightning: string])[] = [
  ['.my.salesforce.com', '.lightning.force.com'],
  ['.my.salesforce.mil', '.lightning.crmforce.mil'],
  ['.my.sfcrmproducts.cn', '.lightning.sfcrmapps.cn'],
];

/**
 * Returns the origin of an org's pages: `https://acme.my.salesforce.com` → `https://acme.lightning.force.com`. Returns
 * any other host unchanged: it is the loopback or a proxy, and Salesforce redirects what a proxy forwards.
 *
 * @param baseUrl as `normalizeBaseUrl` returns it
 */
export function lightningOrigin(baseUrl: string): string {
  const known = LIGHTNING_ENDINGS.find(([myDomain]) => baseUrl.endsWith(myDomain));
  if (known === undefined) return baseUrl;
  const [myDomain, lightning] = known;
  return baseUrl.slice(0, -myDomain.length) + lightning;
}

/** Returns the URL of a record's page. `origin`: see `lightningOrigin`; if empty, the link is only a path. */
export function recordUrl(origin: string, object: string, id: string): string {
  return `${origin}/lightning/r/${object}/${id}/view`;
}
