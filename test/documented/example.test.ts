import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { generation, member, record, recordId, Started, userName } from '../index/contract/setup.ts';
import { compilerSays } from './compiler.ts';
import { blocksOf } from './literal.ts';

/** Another project in which the package is installed. */
const project = mkdtempSync(join(tmpdir(), 'library-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const USER = 'tomas.campos@alder.example';
const HITS = 120;

/** The example, with the words and the user of the index below. */
const example = (
  blocksOf(readFileSync(join(packageRoot(), 'docs', 'setup.md'), 'utf8')).find(({ language }) => language === 'js')
    ?.text ?? ''
)
  .replaceAll("'vessel'", "'renewal'")
  .replace('jane@mycompany.com', USER);

beforeAll(async () => {
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(packageRoot(), join(project, 'node_modules', 'salesforce-connector'));
  write('package.json', '{ "type": "module" }');
  write('config.yaml', 'base_url: https://alder.my.salesforce.com\nindex: { path: index.db }\n');
  await fillIndex(join(project, 'index.db'));
});

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

async function fillIndex(path: string): Promise<void> {
  const world = await Started.begin(async () => ({
    store: () => openRunStore({ index: indexAt(path), create: true }),
    reader: () => openIndexReader({ index: indexAt(path) }),
    inspector: () => openInspector({ index: indexAt(path) }),
    destroy: async () => rmSync(path),
  }));
  const accountId = recordId('Account', 1);
  const opportunities = Array.from({ length: HITS }, (_, at) =>
    record('Opportunity', at + 1, { Name: `Renewal ${at + 1}` }, { accountId }),
  );
  await world.write({ records: [record('Account', 1, { Name: 'Alder Mill' }), ...opportunities] });
  const made = {
    ...generation(Date.now()),
    fields: { Account: ['Name'], Contact: [], Case: [], Opportunity: ['Name', 'AccountId'], Lead: [] },
    groups: [],
    shared: [],
  };
  await world.store.replaceMembership(world.fence, made, [member(1)], [userName(1, { username: USER })]);
  await world.store.close();
}

/** Runs the script in the project. The script writes the CommonJS modules that it has loaded as its last line. */
function run(script: string): { readonly lines: string[]; readonly loaded: string[] } {
  write('script.js', script);
  write(
    'loaded.js',
    `import { createRequire } from 'node:module';
     const { cache } = createRequire(import.meta.url);
     process.on('exit', () => console.log(JSON.stringify(Object.keys(cache))));`,
  );
  const out = execFileSync(process.execPath, ['--import', './loaded.js', 'script.js'], {
    cwd: project,
    encoding: 'utf8',
  });
  const lines = out.trimEnd().split('\n');
  return { loaded: JSON.parse(lines.pop() ?? '[]') as string[], lines };
}

const ofTemporal = (loaded: readonly string[]) => loaded.filter((file) => file.includes('@temporalio'));

it('the example of the setup finds every hit, page by page, and loads no Temporal code', () => {
  const { lines, loaded } = run(example);
  const link = `https://alder.lightning.force.com/lightning/r/Opportunity/${recordId('Opportunity', 1)}/view`;
  expect(lines).toHaveLength(HITS);
  expect(new Set(lines).size).toBe(HITS);
  expect(lines).toContain(`Opportunity Renewal 1 Alder Mill ${link}`);
  expect(loaded.filter((file) => file.includes('libsql')).length).toBeGreaterThan(0);
  expect(ofTemporal(loaded)).toEqual([]);
});

it('control: loaded Temporal code is noticed', () => {
  const client = createRequire(import.meta.url).resolve('@temporalio/common');
  expect(ofTemporal(run(`import ${JSON.stringify(client)};`).loaded).length).toBeGreaterThan(0);
});

/** With no types except the package's. */
const says = (text: string) => compilerSays(project, text, { target: 'ES2022', lib: ['ES2022', 'DOM'] });

it("the example compiles against the package's types", () => {
  expect(says(example)).toBe('');
});

it('the compiler refuses a field that a hit does not have', () => {
  expect(says(example.replace('hit.title', 'hit.titel'))).toContain("'titel' does not exist on type 'Hit'");
});

it('a search starts with only the two values, and with a base URL as people write it', () => {
  const script = `
    import { openIndex, CursorRefusedError } from 'salesforce-connector';
    const index = await openIndex({ baseUrl: 'alder--dev.sandbox.my.salesforce.com/', index: { path: 'index.db' } });
    const { hits } = await index.search('', { as: '${USER}', limit: 1 });
    console.log(new URL(hits[0].url).host);
    console.log(await index.search('', { as: '${USER}', cursor: 'x' }).catch((error) => error instanceof CursorRefusedError));
    await index.close();`;
  expect(run(script).lines).toEqual(['alder--dev.sandbox.lightning.force.com', 'true']);
});
