import { z } from 'zod';
import { isId, longId } from '../org/ids.ts';

const moment = z.iso.datetime().transform((text) => Date.parse(text));

/** The key `virtual` of `org.json`: accounts and account shares that are computed from their number. */
export const virtualSettings = z
  .strictObject({
    accounts: z.number().int().min(1).max(1_000_000_000),
    shares_per_account: z.number().int().min(1).max(1000).default(5),
    /** Users who take turns owning the accounts. The other share rows are for them, too. */
    owners: z.array(z.string().refine(isId, 'must be an Id of 15 or 18 characters').transform(longId)).min(1),
    /** The stamps of the first and the last row. Those in between rise evenly. */
    from: moment.default(Date.UTC(2020, 0, 1)),
    to: moment.default(Date.UTC(2026, 0, 1)),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before "from"' });
export type VirtualSettings = z.infer<typeof virtualSettings>;
