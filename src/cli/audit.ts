import { Command } from 'commander';
import { UserError } from '../user-error.ts';

interface AuditCommandOptions {
  readonly sample: string;
  readonly as?: string;
  readonly seed?: string;
  readonly config?: string;
  readonly json?: true;
}

const MOST_PAIRS = 100_000;

const HELP = `
Draws pairs of a user and a record at the borders of what users read: records that a user reads by one way alone, by View
All or the default, and near misses: the same account, what colleagues read, private opportunities. For each it compares
what a search finds with Salesforce's own UserRecordAccess. An API call answers up to 1,000 pairs (5 users of 200 records).
Frozen and inactive users are not asked about: Salesforce keeps their access, the search does not serve them.

A leak is found and denied by Salesforce; a loss is read in Salesforce and not found. Unanswered: the integration user
cannot read the record, or it is gone, which is neither yes nor no. What changed in Salesforce after the last run shows as
a difference, too: run the same --seed again after the next one.

Exit codes: 0 no leak; 1 a leak, or Salesforce answered nothing at all, or the audit could not be made.

--json writes { seed, users, asked, agree, leaks, losses, unanswered, objects, borders, differences, apiCalls }:
  objects      [{ object, asked, agree, leaks, losses, unanswered }]
  borders      [{ border, asked }], why the records were drawn
  differences  [{ kind: "leak" | "loss", border, changed, explanation }], at most 200; changed: when the record was
               changed after it was read, or null; explanation: as \`explain --json\`

Examples:
  salesforce-connector audit --config config.yaml
  salesforce-connector audit --config config.yaml --sample 200 --as pavel.demir@alder.example --seed 7`;

/** `audit`: compares what searches find with what Salesforce says. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('compares what searches find with what Salesforce itself says (UserRecordAccess), for a drawn sample')
    .option('--sample <n>', `pairs of a user and a record, at most: 1 to ${MOST_PAIRS}`, '1000')
    .option('--as <user>', 'only this user: user id, username, federation identifier or e-mail')
    .option('--seed <n>', 'draw the pairs of an earlier audit; without it: others each time')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .option('--json', 'write the report as JSON')
    .addHelpText('after', HELP)
    .action(audit);
}

async function audit({ sample, as, seed, config: file, json }: AuditCommandOptions): Promise<void> {
  const pairs = whole('--sample', sample, 1, MOST_PAIRS);
  const given = seed === undefined ? await newSeed() : whole('--seed', seed, 0, 2 ** 31 - 1);
  const { loadConfig } = await import('../config.ts');
  const config = await loadConfig(file);
  const { openInspector } = await import('../index/open.ts');
  const { createSalesforce } = await import('../salesforce/client.ts');
  const { audit: compare } = await import('../audit/audit.ts');
  const { auditText, planText } = await import('./audit-text.ts');
  const index = await openInspector({ path: config.index.path });
  try {
    const report = await compare(index, createSalesforce(config), {
      sample: pairs,
      seed: given,
      announce: (plan) => process.stderr.write(`${planText(plan)}\n`),
      ...(as === undefined ? {} : { as }),
    });
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : auditText(report));
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
