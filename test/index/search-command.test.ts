import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { searchCommand } from '../../src/cli/search.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { member, record, recordId, Started, userId } from './contract/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'search-command-'));
const path = join(folder, 'index.sqlite');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const world = await Started.begin(async () => ({
    store: () => openRunStore({ index: indexAt(path), create: true }),
    reader: () => openIndexReader({ index: indexAt(path) }),
    inspector: () => openInspector({ index: indexAt(path) }),
    destroy: async () => rmSync(path),
  }));
  await world.write({
    records: [
      record('Lead', 1, { Name: 'Ada\u001b[2J Solar', City: 'Paris' }),
      record('Case', 1, { Subject: 'Solar panel' }),
      ...Array.from({ length: 300 }, (_, n) => record('Lead', 100 + n, { Name: 'Wind' })),
      record('Lead', 900, { Name: 'Solar' }, { ownerId: userId(2) }),
    ],
  });
  const ofFour = (modified: string, accountId: string | null = null) => ({ ownerId: userId(4), modified, accountId });
  await world.write({
    records: [
      record('Account', 1, { Name: 'Solar Mill' }, ofFour('2026-05-01T12:00:00.000Z')),
      record('Contact', 1, { Name: 'Cy Solar' }, ofFour('2026-06-01T00:00:00.000Z', recordId('Account', 1))),
      record('Lead', 901, { Name: 'Dee', Description: 'solar' }, ofFour('2026-07-01T00:00:00.000Z')),
    ],
  });
  await world.members(member(1), member(3), member(4));
  await world.store.close();
});

async function run(...args: string[]) {
  const written = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  const command = searchCommand().exitOverride();
  try {
    await command.parseAsync(['--index', path, ...args], { from: 'user' });
    return { ...written, error: null };
  } catch (error) {
    return { ...written, error: error instanceof Error ? error.message : String(error) };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe('search', () => {
  it('writes a table to stdout and the count to stderr', async () => {
    const { out, err, error } = await run('solar', '--as', 'user1@acme.example');
    expect(error).toBeNull();
    expect(err).toBe('2 of 2 found.\n');
    const [first, second, ...rest] = out.split('\n');
    expect(first).toMatch(
      new RegExp(`^Case +${recordId('Case', 1)}  \\d{4}-\\d\\d-\\d\\d  Solar panel +⟦Solar⟧ panel$`),
    );
    expect(second).toMatch(
      new RegExp(`^Lead +${recordId('Lead', 1)}  \\d{4}-\\d\\d-\\d\\d  Ada \\[2J Solar +Ada \\[2J ⟦Solar⟧$`),
    );
    expect(rest).toEqual(['']);
  });

  it('says how to get the next page until there is none', async () => {
    const first = await run('solar', '--as', userId(1), '--limit', '1');
    const [, cursor = ''] = /^1 of 2 found\.\nFor the next hits, add --cursor (\S+)\n$/.exec(first.err) ?? [];
    const second = await run('solar', '--as', 'user1@acme.example', '--limit', '1', '--cursor', cursor);
    expect([first.out, second.out].map((out) => out.split(/ +/)[1])).toEqual([
      recordId('Case', 1),
      recordId('Lead', 1),
    ]);
    expect(second.err).toBe('1 of 2 found.\n');
    const json = await run('solar', '--as', userId(1), '--limit', '1', '--format', 'json');
    expect(JSON.parse(json.out)).toMatchObject({
      cursor,
      hits: [{ url: `/lightning/r/Case/${recordId('Case', 1)}/view` }],
    });
  });

  it('says that a search took too long, and shows what it had found', async () => {
    let time = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (time += 60_000));
    onTestFinished(() => void vi.restoreAllMocks());
    const { out, err } = await run('solar', '--as', userId(1));
    expect(err).toContain('The search took too long and stopped');
    const [, , cursor = ''] = /^(.*)add --cursor (\S+)$/m.exec(err) ?? [];
    const { isCut, hits } = JSON.parse(
      (await run('solar', '--as', userId(1), '--cursor', cursor, '--format', 'json')).out,
    );
    expect(isCut).toBe(true);
    expect(out.trim() === '' || hits.length === 0 || !out.includes(hits[0].id)).toBe(true);
  });

  it('writes all ids, each once, one per line, regardless of the limit', async () => {
    const { out, err } = await run('--as', userId(1), '--format', 'ids', '--limit', '5');
    const ids = out.trimEnd().split('\n');
    expect([ids.length, new Set(ids).size, err]).toEqual([302, 302, '']);
    expect(ids).not.toContain(recordId('Lead', 900));
  });

  it('writes JSON', async () => {
    const { out } = await run('solar', 'pan', '--as', userId(1), '--format', 'json', '--limit', '1');
    expect(JSON.parse(out)).toMatchObject({
      userId: userId(1),
      total: 1,
      totalIsLowerBound: false,
      isCut: false,
      hits: [{ id: recordId('Case', 1), object: 'Case', title: 'Solar panel', snippetField: 'Subject' }],
    });
  });

  it('searches only the given objects, in any case', async () => {
    const { out } = await run('solar', '--as', userId(1), '--type', 'case, contact', '--format', 'ids');
    expect(out).toBe(`${recordId('Case', 1)}\n`);
  });

  it.each<[string, string[], string[]]>([
    ['modified from a date on', ['--modified-from', '2026-06-01'], ['Contact', 'Lead']],
    [
      'modified before a time',
      ['--modified-from', '2026-05-01', '--modified-before', '2026-06-01T00:00:00Z'],
      ['Account'],
    ],
    ['of an account', ['--account', recordId('Account', 1).slice(0, 15)], ['Contact']],
    ['of an owner', ['--owner', userId(4), '--type', 'lead'], ['Lead']],
    ['of an owner without records', ['--owner', userId(3)], []],
  ])('searches only records %s', async (_, args, objects) => {
    const asked = ['solar', '--as', userId(4), ...args];
    const json = await run(...asked, '--sort', 'modified', '--format', 'json');
    expect(json.error).toBeNull();
    const hits = JSON.parse(json.out).hits as { id: string; object: string }[];
    expect(hits.map(({ object }) => object).sort()).toEqual(objects);
    const { out } = await run(...asked, '--format', 'ids');
    expect(
      out
        .split('\n')
        .filter((id) => id !== '')
        .sort(),
    ).toEqual(hits.map(({ id }) => id).sort());
  });

  it('sorts by date on request', async () => {
    const objects = async (...args: string[]) =>
      (await run('solar', '--as', userId(4), ...args)).out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]);
    expect(await objects('--sort', 'modified')).toEqual(['Lead', 'Contact', 'Account']);
    expect(await objects('--sort', 'relevance')).toEqual(['Account', 'Contact', 'Lead']);
    expect(await objects()).toEqual(['Account', 'Contact', 'Lead']);
  });

  it.each(['table', 'ids'])('exits without an error if nothing is found: %s', async (format) => {
    expect(await run('lunar', '--as', userId(1), '--format', format)).toMatchObject({ out: '', error: null });
  });

  it.each([
    ['an unknown user', ['--as', 'nobody'], "No user is named 'nobody'."],
    ['no user', [], '--as <user>'],
    ['an object that is not indexed', ['--as', userId(1), '--type', 'Task'], "'Task' is not an indexed object."],
    ['an unknown format', ['--as', userId(1), '--format', 'xml'], 'Use one of table, json, ids.'],
    ['a limit of 0', ['--as', userId(1), '--limit', '0'], 'Write a whole number, 1 to 200'],
    ['a limit in words', ['--as', userId(1), '--limit', 'ten'], 'Write a whole number, 1 to 200'],
    [
      'an invalid day',
      ['--as', userId(1), '--modified-from', '2026-02-30'],
      "--modified-from is '2026-02-30'. Write an ISO date",
    ],
    [
      'a time without a time zone',
      ['--as', userId(1), '--modified-before', '2026-02-03T10:00:00'],
      '--modified-before is',
    ],
    [
      'an owner given by name',
      ['--as', userId(1), '--owner', 'Ada'],
      "--owner is 'Ada'. Write the id of a user (005…) or a queue",
    ],
    [
      'an account given by name',
      ['--as', userId(1), '--account', 'Solar\u001b[2J'],
      "--account is 'Solar [2J'. Write the id of an account",
    ],
    [
      'an unknown order',
      ['--as', userId(1), '--sort', 'date'],
      "There is no order 'date'. Use one of relevance, modified.",
    ],
    [
      'a cursor of another search',
      ['--as', userId(1), '--cursor', 'abc'],
      'Search without a cursor for the first page.',
    ],
    ['a cursor for all ids', ['--as', userId(1), '--cursor', 'abc', '--format', 'ids'], 'leave out --cursor'],
    [
      'an order for all ids',
      ['--as', userId(1), '--sort', 'modified', '--format', 'ids'],
      '--format ids writes all ids, in no order: leave out --sort.',
    ],
    ['a missing index', ['--as', userId(1), '--index', join(folder, 'none')], 'Nothing is indexed yet'],
  ])('%s fails with a line that says what to do, and writes no data', async (_, args, message) => {
    const { out, error } = await run(...args);
    expect(out).toBe('');
    expect(error).toContain(message);
  });
});
