/** API requests of the org in the last 24 hours, all clients together, and how many it may make. */
export interface ApiUsage {
  readonly used: number;
  readonly limit: number;
}

/** Reads `Sforce-Limit-Info: api-usage=18/5000`, which may be followed by the app's own share. */
export function parseLimitInfo(header: string | undefined): ApiUsage | null {
  const match = /(?:^|[;,\s])api-usage=(\d{1,12})\/(\d{1,12})(?!\d)/.exec(header ?? '');
  return match === null ? null : { used: Number(match[1]), limit: Number(match[2]) };
}
