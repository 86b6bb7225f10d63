import { z } from 'zod';
import { shaped } from './json.ts';

const schema = z.array(z.object({ version: z.string().regex(/^\d{1,3}\.\d$/) }));

/** The versions of `GET /services/data`. */
export function readVersions(body: unknown): string[] {
  return shaped(schema, body, 'the list of API versions').map(({ version }) => version);
}
