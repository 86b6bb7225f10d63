import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { processesOf } from '../cli/command-line.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { testTemporal } from '../sync/temporal.ts';
import { INSTALLATION_TIMEOUT_MS } from './installed.ts';
import { blocksOf, document, freshClone, type Played, play } from './literal.ts';

/** docs/setup.md, word for word, in a fresh clone. These are all replacements that a reader makes in the text. */

const USER = 'priya.nair@harbor.example';
const INTEGRATION = { id: '005Hb000000000FIAQ', username: 'integration@harbor.example' };
const theirOwn = (org: SandboxOrg, temporal: DevServer): [written: string, own: string][] => [
  ['https://mycompany.my.salesforce.com', org.url],
  ['3MVG9...', 'sandbox'],
  ['localhost:7233', temporal.address],
  ['jane@mycompany.com', USER],
  ['integration@mycompany.com', INTEGRATION.username],
];
/** "Then paste the Consumer Secret into the file." */
const BY_HAND = { after: 'client-secret', do: "printf '%s' sandbox > client-secret" };

const { folder, clone } = freshClone();
const orgFolder = mkdtempSync(join(tmpdir(), 'setup-org-'));
let org: SandboxOrg;
let temporal: DevServer;
let played: Played;
let playedWithKey: Played;
let commands: string[];
beforeAll(async () => {
  cpSync('packages/sandbox/orgs/harbor', orgFolder, { recursive: true });
  const settings = { run_as: INTEGRATION.id, certificate: 'certificate.pem' };
  writeFileSync(join(orgFolder, 'org.json'), JSON.stringify(settings));
  [org, temporal] = await Promise.all([sandboxOrg(orgFolder), testTemporal()]);
  const replaced: string[] = [];
  const own = (text: string) =>
    theirOwn(org, temporal).reduce((before, [written, value]) => {
      if (before.includes(written)) replaced.push(written);
      return before.replaceAll(written, value);
    }, text);
  const blocks = blocksOf(document(clone, 'docs/setup.md'));
  commands = blocks.flatMap(({ language, text, before }) => {
    const [, file] = /Save this as `([\w.]+)`/.exec(before) ?? [];
    if (file !== undefined) return [`cat > ${file} <<'END'\n${own(text)}END`];
    if (language !== 'sh') return [];
    return [own(text), ...(text.includes(BY_HAND.after) ? [BY_HAND.do] : [])];
  });
  const keyed = blocks.filter(({ language }) => language === 'sh key').map(({ text }) => own(text));
  expect(new Set(replaced).size).toBe(theirOwn(org, temporal).length);
  played = await play(commands, clone);
  rmSync(join(folder, 'connection'), { recursive: true, force: true });
  // "The certificate goes to Salesforce."
  const upload = `cp certificate.pem '${orgFolder}'`;
  const checked = commands.filter((command) => command.includes('connector check'));
  playedWithKey = await play(['export PATH="$PWD/bin:$PATH"', ...keyed, upload, ...checked], clone);
}, INSTALLATION_TIMEOUT_MS);
afterAll(async () => {
  await Promise.all([org?.close(), temporal?.stop()]);
  for (const made of [folder, orgFolder]) rmSync(made, { recursive: true, force: true });
});

const outputOf = (part: string) => {
  const at = commands.findIndex((command) => command.includes(part));
  return at < 0 ? expect.fail(`docs/setup.md has no command with ${part}`) : (played.outputs[at] ?? '');
};

describe('the setup', () => {
  it('has only commands that work', () => {
    expect(commands.length).toBeGreaterThan(8);
    expect(played.code, played.outputs.at(-1)).toBe(0);
    expect(played.outputs).toHaveLength(commands.length);
  });

  it('provides a program that can be called by its name', () => {
    expect(outputOf('npm ci')).toMatch(/^\d+\.\d+\.\d+$/m);
  });

  it('passes the check', () => {
    expect(outputOf('connector check')).toContain('\nAll good.');
    expect(outputOf('connector check')).not.toContain('✗');
  });

  it('results in a Schedule, an index, and a healthy connection', () => {
    expect(outputOf('connector apply')).toMatch(/^Schedule salesforce-sync\/\S+: created/m);
    expect(outputOf('connector status')).toMatch(/: healthy/);
  });

  it('gets the same results from the command and from code', () => {
    const found = /^\d+ of (\d+) found\.$/m.exec(outputOf('connector search'))?.[1];
    const lines = outputOf('node search.js').trim().split('\n');
    expect(Number(found)).toBeGreaterThan(1);
    expect(lines).toHaveLength(Number(found));
    for (const line of lines) expect(line).toMatch(/^(Account|Contact|Case|Opportunity|Lead) .+ \S+\/view$/);
  });

  it('works with a private key too', () => {
    expect(playedWithKey.code, playedWithKey.outputs.at(-1)).toBe(0);
    expect(playedWithKey.outputs).toHaveLength(5);
    expect(playedWithKey.outputs.at(-1)).toContain('Flow Enablement › Enable JWT Bearer Flow');
    expect(playedWithKey.outputs.at(-1)).toContain(`runs as ${INTEGRATION.username}`);
    expect(playedWithKey.outputs.at(-1)).toContain('\nAll good.');
  });

  it('leaves out only what needs Docker', () => {
    const languages = new Set(blocksOf(document(clone, 'docs/setup.md')).map(({ language }) => language));
    expect([...languages].sort()).toEqual(['js', 'sh', 'sh compose', 'sh key', 'yaml']);
  });

  it('control: a command that fails is noticed', async () => {
    expect(await play(['echo one', 'false', 'echo two'], clone)).toEqual({ code: 1, outputs: ['one\n', ''] });
  });

  it('control: what it starts ends with the shell', () => {
    expect(processesOf(folder)).toEqual([]);
  });
});
