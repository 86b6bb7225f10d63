import { Command, Option } from 'commander';
import { UserError } from '../errors.ts';
import { PERMISSIONS, type Permission } from '../serve/credentials/caller.ts';
import { configured } from './configured.ts';

interface CreateOptions {
  readonly config?: string;
  readonly name: string;
  readonly days: string;
  readonly user?: readonly string[];
  readonly may?: readonly Permission[];
}

const HELP = `
It adds an entry to serve.tokens_file of the config file, and prints the token once. The file holds only its SHA-256.
A running server reads the changed file. To withdraw a token, delete its entry from the file.

Without --user the token may act for every user. A user is a kind and a name: id, username, federation_id or email.
The header Act-As must name the user in the same way.

Examples:
  salesforce-connector token create --name crm --days 90
  salesforce-connector token create --name desk --user username:ada@acme.example --may explain`;

/** Defines `token`, with its command `create`. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('make service tokens for `serve`')
    .addCommand(
      new Command('create')
        .description('make a service token for a back end')
        .requiredOption('--name <name>', 'the name of the token: small letters, digits and hyphens')
        .option('--days <n>', 'after how many days it expires', '365')
        .option('--user <users...>', 'the only users for whom it may act, like username:ada@acme.example')
        .addOption(new Option('--may <permissions...>', 'what it may ask for beside searches').choices(PERMISSIONS))
        .option('--config <file>', 'the config file (default: from the last `npm start`)')
        .addHelpText('after', HELP)
        .action(create),
    );
}

async function create({ config: file, name, days, user, may }: CreateOptions): Promise<void> {
  const config = await configured(file);
  const { tokensFile } = config.serve;
  if (tokensFile === null)
    throw new UserError(`${config.file} names no file for tokens: set serve.tokens_file, like tokens.json.`);
  const count = Number(days);
  if (!Number.isInteger(count) || count < 1 || count > 3_650)
    throw new UserError(`--days is '${days}'. Write a whole number, 1 to 3650.`);
  const { addToken } = await import('../serve/credentials/token-file.ts');
  const token = await addToken(tokensFile, {
    name,
    connections: [config.connection],
    expires: new Date(Date.now() + count * 86_400_000).toISOString(),
    ...(user === undefined ? {} : { users: [...user] }),
    ...(may === undefined ? {} : { may: [...may] }),
  });
  process.stderr.write(`${name} was added to ${tokensFile}. This is the token; it is not shown again:\n`);
  process.stdout.write(`${token}\n`);
}
