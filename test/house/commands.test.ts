import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../src/cli/main.ts';
import { packageRoot } from '../../src/package-root.ts';

interface Named {
  readonly name: string;
  readonly command: Command;
}

/** The commands that do something, each by its full name: `sandbox serve`. */
function leaves(command: Command, prefix = ''): Named[] {
  return command.commands.flatMap((child) => {
    const name = `${prefix}${child.name()}`;
    return child.commands.length === 0 ? [{ name, command: child }] : leaves(child, `${name} `);
  });
}

/** The help as it is printed, 80 columns wide wherever the test runs. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}

const commands = leaves(program());

const CLI_HEAD = `# Commands

\`salesforce-connector --help\` lists the commands, and each command has \`--help\`. This page holds all of it;
\`npm test -- test/house -u\` writes it. [setup.md](setup.md#1-install) makes the name \`salesforce-connector\` work.

Results go to stdout, messages to stderr. The exit code is 0, or 1 if something is wrong, unless the command says more.
\`SALESFORCE_CONNECTOR_DEBUG=1\` shows where an error arose. Without \`--config\`, a command uses the config of the last
\`npm start\` in this folder.

\`search\` and \`explain\` read the index file only. \`check\` asks Salesforce, and reads the index if there is
one. \`search --verify\` and \`audit\` read the index and ask Salesforce. All other commands need Temporal.
`;

const index = [
  '| command | what it does |',
  '|---|---|',
  ...commands.map(({ name, command }) => `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${command.description()} |`),
].join('\n');

describe.each(commands)('$name', ({ name, command }) => {
  it('says in its help what it does, with an example of itself', () => {
    const help = helpOf(command);
    expect(command.description()).not.toBe('');
    expect(help).toMatch(new RegExp(`Examples?:\\n  salesforce-connector ${name}`));
    for (const option of command.options) expect(option.description, option.flags).not.toBe('');
    expect(help.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it('has this help', async () => {
    await expect(helpOf(command)).toMatchFileSnapshot(`help/${name.replaceAll(' ', '-')}.txt`);
  });
});

describe('docs/cli.md', () => {
  it('is what the commands say of themselves', async () => {
    const sections = commands.map(
      ({ name, command }) => `## ${name}\n\n\`\`\`text\n${helpOf(command).trim()}\n\`\`\`\n`,
    );
    await expect(`${CLI_HEAD}\n${index}\n\n${sections.join('\n')}`).toMatchFileSnapshot('../../docs/cli.md');
  });
});

it.each(['start', 'chaos'])(
  '`npm run %s` puts no shell between npm and the script: it would keep signals to itself',
  (name) => {
    const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect(scripts[name]).toMatch(/^exec node /);
  },
);
