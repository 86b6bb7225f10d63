import { Command } from 'commander';

interface ExplainOptions {
  readonly as: string;
  readonly config?: string;
  readonly index?: string;
  readonly json?: true;
}

const HELP = `
It asks the index only, not Salesforce: it tells what searches go by. It shows names and titles whatever the user may
read, so it is an operator's command. A yes is the shortest chain from a permission to the record; a no names everything
that was looked at: permission, org-wide default, owner, share rows, account. Exit code 0 for both.

--json writes { user: { id, name, username }, record: { id, object, title, indexedAsOf }, finds, reads, chain, ways,
missing, hiddenFields, usersAsOf }:
  finds         whether a search as the user finds the record
  reads         whether the rules let the user read it; other than finds only while a run is at work, or in a damaged index
  chain         [{ kind, ids, text }], the links of the shortest way; empty for a no
  ways          how many ways there are
  missing       [{ kind, ids, text }], what does not lead there; empty for a yes
  hiddenFields  indexed fields of the object that the user neither sees nor finds by
  indexedAsOf   the org's time as of which the record was read, or null; usersAsOf: the users, roles and permissions

Examples:
  salesforce-connector explain 500Hb0000000026IAA --as pavel.demir@alder.example
  salesforce-connector explain 006Hb0000000007 --as 005Hb0000000003IAQ --json | jq '.chain[].text'`;

/** `explain`: why a user finds a record, or not. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('says why a user can, or cannot, read a record: the chain of reasons, or everything that was missing')
    .argument('<record>', 'the record id, 15 or 18 characters')
    .requiredOption('--as <user>', 'who: user id, username, federation identifier or e-mail')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .option('--index <path>', 'the index file, instead of the one that the config names')
    .option('--json', 'write it as JSON')
    .addHelpText('after', HELP)
    .action(explain);
}

async function explain(record: string, { as, config, index: path, json }: ExplainOptions): Promise<void> {
  const { recordId18 } = await import('../index/record-id.ts');
  if (recordId18(record) === null) {
    const { UserError } = await import('../user-error.ts');
    throw new UserError(`'${record.slice(0, 40)}' is no record id: give all 15 or 18 characters of it.`);
  }
  const { openInspector } = await import('../index/open.ts');
  const index = await openInspector({ path: path ?? (await configuredPath(config)) });
  try {
    const told = await index.explain(record, { as });
    const { explanationText } = await import('./explanation-text.ts');
    process.stdout.write(json ? `${JSON.stringify(told, null, 2)}\n` : explanationText(told));
  } finally {
    await index.close();
  }
}

async function configuredPath(file: string | undefined): Promise<string> {
  const { loadConfig } = await import('../config.ts');
  return (await loadConfig(file)).index.path;
}
