import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../src/cli/main.ts';
import { configKeys } from '../../src/config.ts';
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

What each command says with \`--help\`; \`npm test -- test/house -u\` writes this file anew. Data goes to stdout, messages to
stderr; the exit code is 0, or 1 where something is wrong, unless the command says more. \`SALESFORCE_CONNECTOR_DEBUG=1\` shows where an error arose.
`;

describe.each(commands)('$name', ({ name, command }) => {
  it('says in its help what it does, with an example of itself', () => {
    const help = helpOf(command);
    expect(command.description()).not.toBe('');
    expect(help).toMatch(new RegExp(`Examples?:\\n  (npx )?salesforce-connector ${name}`));
    for (const option of command.options) expect(option.description, option.flags).not.toBe('');
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
    await expect(`${CLI_HEAD}\n${sections.join('\n')}`).toMatchFileSnapshot('../../docs/cli.md');
  });
});

/** What stands in backticks in the first column of the Markdown table whose first column has this head. */
function firstColumn(markdown: string, head: string): string[] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  const rows = start < 0 ? [] : lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows
    .slice(0, end < 0 ? rows.length : end)
    .flatMap((row) => [...(row.split(/(?<!\\)\|/)[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));
}

/** Without arguments: `apply [--replace-org]` is `apply`. */
const commandOf = (usage: string) => /^(?:[a-z]+ ?)+(?![^ ])/.exec(usage)?.[0].trim() ?? usage;

describe('the README', () => {
  const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');
  const names = commands.map(({ name }) => name).sort();

  it('lists the commands that there are', () => {
    expect(firstColumn(readme, 'command').map(commandOf).sort()).toEqual(names);
  });

  it('lists keys of the config file that there are, and none of the upper level is left out', () => {
    const keys = firstColumn(readme, 'key');
    expect(keys.filter((key) => !configKeys.includes(key))).toEqual([]);
    const groups = new Set(configKeys.filter((key) => key.includes('.')).map((key) => key.split('.')[0]));
    expect(
      configKeys.filter((key) => !key.includes('.') && !groups.has(key) && !readme.includes(`\`${key}\``)),
    ).toEqual([]);
  });

  it('is read by its tables, arguments left out', () => {
    const table =
      '| key | is |\n|---|---|\n| `a`, `b` | `c` |\n\n| command | does |\n|---|---|\n| `apply [--x]` | x |\n| `sandbox serve <folder>` | y |\ntext';
    expect(firstColumn(table, 'command').map(commandOf)).toEqual(['apply', 'sandbox serve']);
    expect(firstColumn(table, 'key')).toEqual(['a', 'b']);
    expect(firstColumn(table.replace('apply', 'aply'), 'command').map(commandOf)).not.toContain('apply');
  });
});

it.each(['start', 'chaos'])(
  '`npm run %s` puts no shell between npm and the script: it would keep signals to itself',
  (name) => {
    const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect(scripts[name]).toMatch(/^exec node /);
  },
);
