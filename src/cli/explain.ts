import { Command } from 'commander';
import type { IndexLocation } from '../index/location.ts';
import { configured } from './configured.ts';

interface ExplainOptions {
  readonly as: string;
  readonly config?: string;
  readonly index?: string;
  readonly json?: true;
}

const HELP = `
It reads the index, not Salesforce, so it explains what a search does. It is for operators: it shows names and titles
that the user may not be allowed to read.

If the user finds the record, it prints the shortest chain of reasons. If not, it prints everything that could have
given access but did not: permission, org-wide default, owner, share rows, account. The exit code is 0 in both cases.

--json writes { user: { id, name, username }, record: { id, object, title, indexedAsOf }, finds, reads, chain, ways,
missing, hiddenFields, usersAsOf }:
  finds         whether a search as the user finds the record
  reads         whether sharing lets the user read it; differs from finds only during a run or in a damaged index
  chain         [{ kind, ids, text }]: the shortest chain of reasons; empty if there is none
  ways          how many chains there are
  missing       [{ kind, ids, text }]: what does not give access; empty if the user reads the record
  hiddenFields  indexed fields of this object that the user can neither see nor search
  indexedAsOf   the org's time when the record was read, or null
  usersAsOf     the org's time when users, roles and permissions were read

Examples:
  salesforce-connector explain 500Hb0000000026IAA --as pavel.demir@alder.example
  salesforce-connector explain 006Hb0000000007 --as 005Hb0000000003IAQ --json | jq '.chain[].text'`;

/** Defines `explain`, which says why a user can or cannot find a record. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('explain why a user finds a record, or why not')
    .argument('<record>', 'the record id, 15 or 18 characters')
    .requiredOption('--as <user>', 'the user: user id, username, federation identifier or e-mail')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--index <path>', 'the index file (default: from the config)')
    .option('--json', 'write JSON')
    .addHelpText('after', HELP)
    .action(explain);
}

async function explain(record: string, { as, config, index: path, json }: ExplainOptions): Promise<void> {
  const { recordId18 } = await import('../lib/record-ids.ts');
  if (recordId18(record) === null) {
    const { UserError } = await import('../errors.ts');
    throw new UserError(`'${record.slice(0, 40)}' is not a record id: give all of its 15 or 18 characters.`);
  }
  const { openInspector } = await import('../index/open.ts');
  const index = await openInspector({ index: await locationOf(path, config) });
  try {
    const told = await index.explain(record, { as });
    const { printableJson } = await import('../lib/printable.ts');
    const { explanationText } = await import('./explanation-text.ts');
    process.stdout.write(json ? `${printableJson(told)}\n` : explanationText(told));
  } finally {
    await index.close();
  }
}

async function locationOf(path: string | undefined, file: string | undefined): Promise<IndexLocation> {
  if (path === undefined) return (await configured(file)).index;
  const { indexAt } = await import('../index/location.ts');
  return indexAt(path);
}
