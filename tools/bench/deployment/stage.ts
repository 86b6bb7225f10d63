import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../src/errors.ts';
import { wholeNumber } from '../flags.ts';
import { type Checkout, checkouts } from './checkout.ts';
import { type Deployment, deploy } from './deployment.ts';
import { orgFolder } from './org-folder.ts';
import { type ServedOrg, serveOrgFolder } from './served-org.ts';
import { startTemporal, type Temporal } from './temporal.ts';

/** Flags of every bench that compares checkouts on a generated org. */
export const STAGE_OPTIONS = {
  against: { type: 'string' },
  accounts: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
  org: { type: 'string' },
  latency: { type: 'string', default: '0' },
} as const;

/** How a usage shows these flags. */
export const STAGE_USAGE =
  '[--against <folder of a built checkout>] [--accounts N] [--seed N] [--org <folder>] [--latency <ms>]';

interface StageFlags {
  readonly against?: string | undefined;
  readonly accounts: string;
  readonly seed: string;
  readonly org?: string | undefined;
  readonly latency: string;
}

/** What the compared checkouts share. */
export interface Stage {
  /** This checkout first. */
  readonly compared: readonly Checkout[];
  readonly orgFolder: string;
  readonly org: ServedOrg;
  readonly temporal: Temporal;
  /** A folder for temporary files. */
  readonly work: string;
  /** Deploys a checkout into a folder of `work`, or into the given one. `engine`: see `deploy`. */
  deploy(checkout: Checkout, folder?: string, engine?: string): Promise<Deployment>;
}

/** Starts a sandbox org and a Temporal server, calls `perform`, and stops them. */
export async function onStage(flags: StageFlags, perform: (stage: Stage) => Promise<void>): Promise<void> {
  if (process.platform !== 'linux')
    throw new UserError('This bench needs Linux, because it reads what processes use from /proc.');
  const [accounts, seed] = [wholeNumber('accounts', flags.accounts, 1), wholeNumber('seed', flags.seed, 0)];
  const latency = wholeNumber('latency', flags.latency, 0);
  const compared = await checkouts(flags.against);
  const folder = await orgFolder({ org: flags.org, accounts, seed });
  const work = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const org = await serveOrgFolder(folder, work, latency);
    try {
      const temporal = await startTemporal(work);
      let deployments = 0;
      try {
        await perform({
          compared,
          orgFolder: folder,
          org,
          temporal,
          work,
          deploy(checkout, into, engine) {
            deployments += 1;
            const connection = `bench-${deployments}`;
            return deploy({ checkout, org, temporal, connection, folder: into ?? join(work, connection), engine });
          },
        });
      } finally {
        await temporal.stop();
      }
    } finally {
      await org.stop();
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}
