import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../src/cli/main.ts';
import { packageRoot } from '../../src/process/package-root.ts';

interface Named {
  readonly name: string;
  readonly command: Command;
}

/** The commands that do something, by their full names: `sandbox serve`. */
function leaves(command: Command, prefix = ''): Named[] {
  return command.commands.flatMap((child) => {
    const name = `${prefix}${child.name()}`;
    return child.commands.length === 0 ? [{ name, command: child }] : leaves(child, `${name} `);
  });
}

/** The help as it is printed, always 80 columns wide. */
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

\`salesforce-connector --help\` lists the commands, and each command has \`--help\`. This page has the help of all
commands; \`npm test -- test/repo -u\` generates it. [Install](setup.md#1-install) the program first: that makes the name
\`salesforce-connector\` work.

- **Output.** Results go to stdout, messages to stderr.
- **Exit code.** 0, or 1 if something is wrong, unless the command's help says more.
- **Config.** Without \`--config\`, a command uses the config of the last \`npm start\` in this folder.
- **Debugging.** \`SALESFORCE_CONNECTOR_DEBUG=1\` shows where in the code an error arose.

| command | needs |
|---|---|
| \`search\`, \`explain\` | the index file |
| \`search --verify\`, \`audit\` | the index file and Salesforce |
| \`check\` | Salesforce; it reads the index if there is one |
| \`demo\`, \`sandbox serve\`, \`sandbox generate\` | nothing else |
| all others | Temporal |
`;

const index = [
  '| command | what it does |',
  '|---|---|',
  ...commands.map(({ name, command }) => `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${command.description()} |`),
].join('\n');

describe.each(commands)('$name', ({ name, command }) => {
  it('says in its help what it does, with an example of its use', () => {
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
  it('equals the help of the commands', async () => {
    const sections = commands.map(
      ({ name, command }) => `## ${name}\n\n\`\`\`text\n${helpOf(command).trim()}\n\`\`\`\n`,
    );
    await expect(`${CLI_HEAD}\n${index}\n\n${sections.join('\n')}`).toMatchFileSnapshot('../../docs/cli.md');
  });
});

it.each(['start', 'chaos'])(
  '`npm run %s` starts the script without a shell, which would not pass on signals',
  (name) => {
    const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect(scripts[name]).toMatch(/^exec node /);
  },
);
