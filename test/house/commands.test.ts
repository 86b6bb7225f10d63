import { existsSync, readFileSync } from 'node:fs';
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

/** Commands named in a Markdown table's first column, without arguments: `apply [--replace-org]` is `apply`. */
function documented(markdown: string): string[] {
  return [...markdown.matchAll(/^\| `(?:salesforce-connector )?([a-z]+(?: [a-z]+)*)/gm)].map(([, name = '']) => name);
}

describe('the command table', () => {
  const names = commands.map(({ name }) => name).sort();
  const readme = join(packageRoot(), 'README.md');

  it.skipIf(!existsSync(readme))('of the README is the list of commands', () => {
    const inTables = documented(readFileSync(readme, 'utf8')).filter((name) => !configKeys.includes(name));
    expect(inTables.sort()).toEqual(names);
  });

  it.skipIf(!existsSync(readme))('and its configuration names every key of the config file', () => {
    const text = readFileSync(readme, 'utf8');
    expect(configKeys.filter((key) => !text.includes(key))).toEqual([]);
  });

  it('is read from the table, arguments left out', () => {
    const table = '| command | does |\n|---|---|\n| `apply [--replace-org]` | x |\n| `sandbox serve <folder>` | y |\n';
    expect(documented(table)).toEqual(['apply', 'sandbox serve']);
    expect(documented(table.replace('apply', 'aply'))).not.toContain('apply');
  });
});
