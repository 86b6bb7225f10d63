import { Command } from 'commander';
import { UserError } from '../errors.ts';
import { configured } from './configured.ts';

interface AuditCommandOptions {
  readonly sample: string;
  readonly as?: string;
  readonly seed?: string;
  readonly config?: string;
  readonly json?: true;
}

const MOST_PAIRS = 100_000;

const HELP = `
For each pair it compares what a search finds with UserRecordAccess, which is Salesforce's own answer. One API call
answers up to 1,000 pairs. The audit prefers pairs at the border of what a user may read: records that the user reads
for one reason only, and records that the user just misses. It skips frozen and inactive users.

  leak        the search finds the record, but Salesforce denies it
  loss        Salesforce allows it, but the search does not find it
  unanswered  Salesforce did not say: the record is gone, or the integration user cannot read it

A change in Salesforce since the last run also shows as a difference. To rule that out, wait for the next run and audit
the same pairs again with --seed.

Exit codes:
  0  no leak
  1  a leak, or no answer from Salesforce, or the audit failed

--json writes { seed, users, asked, agree, leaks, losses, unanswered, objects, borders, differences, apiCalls }:
  objects      [{ object, asked, agree, leaks, losses, unanswered }]
  borders      [{ border, asked }]: why these records were sampled
  differences  [{ kind: "leak" | "loss", border, changed, explanation }], at most 200; changed: when the record
               changed after the index read it, or null; explanation: like \`explain --json\`

Examples:
  salesforce-connector audit --config config.yaml
  salesforce-connector audit --config config.yaml --sample 200 --as pavel.demir@alder.example --seed 7`;

/** Defines `audit`, which compares what searches find with what Salesforce says. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('compare what searches find with what Salesforce says, for a random sample of users and records')
    .option('--sample <n>', `how many pairs of a user and a record, 1 to ${MOST_PAIRS}`, '1000')
    .option('--as <user>', 'only this user: user id, username, federation identifier or e-mail')
    .option('--seed <n>', 'the seed of an earlier audit, to sample the same pairs (default: random)')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--json', 'write JSON')
    .addHelpText('after', HELP)
    .action(audit);
}

async function audit({ sample, as, seed, config: file, json }: AuditCommandOptions): Promise<void> {
  const pairs = whole('--sample', sample, 1, MOST_PAIRS);
  const given = seed === undefined ? await newSeed() : whole('--seed', seed, 0, 2 ** 31 - 1);
  const config = await configured(file);
  const { openInspector } = await import('../index/open.ts');
  const { createSalesforce } = await import('../salesforce/client.ts');
  const { audit: compare } = await import('../audit/audit.ts');
  const { auditText, planText } = await import('./audit-text.ts');
  const { printableJson } = await import('../lib/printable.ts');
  const index = await openInspector({ index: config.index });
  try {
    const report = await compare(index, createSalesforce(config), {
      sample: pairs,
      seed: given,
      announce: (plan) => process.stderr.write(`${planText(plan)}\n`),
      ...(as === undefined ? {} : { as }),
    });
    process.stdout.write(json ? `${printableJson(report)}\n` : auditText(report));
    if (report.leaks > 0 || report.unanswered === report.asked) process.exitCode = 1;
  } finally {
    await index.close();
  }
}

async function newSeed(): Promise<number> {
  const { randomInt } = await import('node:crypto');
  return randomInt(2 ** 31);
}

function whole(flag: string, text: string, lowest: number, highest: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
  throw new UserError(`${flag} is '${text}'. Write a whole number, ${lowest} to ${highest}.`);
}
