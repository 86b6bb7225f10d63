import { Command } from 'commander';
import { UserError } from '../errors.ts';
import { HIGHEST_LIMIT, type Sort } from '../index/model/filters.ts';
import type { IndexReader, SearchOptions, Unconfirmed } from '../index/port/reader.ts';
import { printable, printableJson } from '../lib/printable.ts';
import type { ObjectName } from '../objects/index.ts';
import { configured } from './configured.ts';
import { columns } from './search-table.ts';

interface SearchCommandOptions {
  readonly as: string;
  readonly type?: string;
  readonly modifiedFrom?: string;
  readonly modifiedBefore?: string;
  readonly owner?: string;
  readonly account?: string;
  readonly sort?: string;
  readonly limit: string;
  readonly cursor?: string;
  readonly format: string;
  readonly verify?: true;
  readonly config?: string;
  readonly index?: string;
}

const CUT =
  'The search took too long and stopped: these are the best hits, but there may be more, also if fewer than --limit are shown.';

const FORMATS = ['table', 'json', 'ids'] as const;
type Format = (typeof FORMATS)[number];

const HELP = `
A record is found if every word is in a field that the user can read. The last word can be the beginning of a word.
Without words it finds everything that the user can read, the last modified first.

--modified-from, --modified-before, --owner and --account filter the hits. A date is midnight UTC. --owner finds
no records of an object whose OwnerId the user cannot read. --account finds the contacts, cases and opportunities
of an account, if the user can find that account.

If there are more hits than --limit, the command prints a cursor. Give it to --cursor, with the same words and the same
other options, to get the next hits.

--format json writes { userId, total, totalIsLowerBound, isCut, cursor, hits: [{ id, object, url, title, account: { id,
name }, snippet, snippetField, modified, score, fields }] }. Matches are between ⟦ and ⟧. total counts up to 1,000.
account and cursor can be null. isCut: the search took longer than two seconds and stopped, so hits may be missing; the
cursor continues. docs/search.md says what a search promises.

--verify asks Salesforce about each hit, so it also catches access that was removed since the last run. It leaves out
hits that Salesforce denies (denied) and hits that Salesforce says nothing about (unverified). stderr and the JSON give
both numbers; do not show them to the user. total then counts this page only.

Examples:
  salesforce-connector search solar --as admin@npsp.example
  salesforce-connector search --as admin@npsp.example --type Account,Contact --format ids
  salesforce-connector search solar --as admin@npsp.example --modified-from 2026-03-01 --sort modified
  salesforce-connector search --as admin@npsp.example --owner 005AA0000000001IAA --modified-before 2026-03-01T09:30:00Z`;

/**
 * Defines `search`, which shows what a user finds. Data goes to stdout; errors go to stderr, with nothing on stdout.
 */
export function searchCommand(): Command {
  return new Command('search')
    .description('search the index as one Salesforce user')
    .argument('[words...]', 'what to find (default: everything that the user can read)')
    .requiredOption('--as <user>', 'the user: user id, username, federation identifier or e-mail')
    .option('--type <objects>', 'only these objects, like Account,Contact')
    .option(
      '--modified-from <time>',
      'only records modified at or after that time: a date, or a date-time with its time zone',
    )
    .option('--modified-before <time>', 'only records modified before that time')
    .option('--owner <id>', 'only records of this owner: the id of a user or a queue')
    .option('--account <id>', 'only records of this account')
    .option('--sort <order>', 'relevance, or modified (last modified first); default: relevance')
    .option('--limit <n>', `how many hits, 1 to ${HIGHEST_LIMIT}; --format ids ignores this and writes all`, '20')
    .option('--cursor <cursor>', 'the cursor that the previous page printed')
    .option('--format <format>', FORMATS.join(', '), 'table')
    .option('--verify', 'leave out hits that Salesforce does not confirm; costs one to five API calls')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--index <path>', 'the index file (default: from the config)')
    .addHelpText('after', HELP)
    .action(search);
}

async function search(words: string[], options: SearchCommandOptions): Promise<void> {
  const format = formatNamed(options.format);
  const types = options.type === undefined ? undefined : await typesNamed(options.type);
  const filters = await filtersNamed(options);
  const sort = await sortNamed(options.sort);
  const limit = limitOf(options.limit);
  if (format === 'ids' && options.cursor !== undefined)
    throw new UserError('--format ids writes all ids at once: leave out --cursor.');
  if (format === 'ids' && options.sort !== undefined)
    throw new UserError('--format ids writes all ids, in no order: leave out --sort.');
  if (options.verify && format === 'ids')
    throw new UserError('--verify confirms the hits on a page, but --format ids writes all. Use another format.');
  let unconfirmed: Omit<Unconfirmed, 'userId'> = { denied: 0, unverified: 0 };
  const index = await opened(options, ({ denied, unverified }) => {
    unconfirmed = { denied, unverified };
  });
  try {
    const asked = { as: options.as, ...(types === undefined ? {} : { types }), ...filters };
    const typed = words.join(' ');
    if (format === 'ids') {
      const ids = await index.ids(typed, asked);
      process.stdout.write(ids.map((id) => `${id}\n`).join(''));
      return;
    }
    const result = await index.search(typed, {
      ...asked,
      sort,
      limit,
      cursor: options.cursor ?? null,
      verify: options.verify === true,
    });
    process.stderr.write(leftOut(unconfirmed));
    if (format === 'json') {
      const written = options.verify ? { ...result, ...unconfirmed } : result;
      process.stdout.write(`${printableJson(written)}\n`);
      return;
    }
    process.stdout.write(
      columns(result.hits.map((hit) => [hit.object, hit.id, hit.modified.slice(0, 10), hit.title, hit.snippet])),
    );
    const total = `${result.totalIsLowerBound ? 'more than ' : ''}${result.total}`;
    const shown = result.hits.length;
    process.stderr.write(options.verify ? `${shown} confirmed by Salesforce.\n` : `${shown} of ${total} found.\n`);
    if (result.isCut) process.stderr.write(`${CUT}\n`);
    if (result.cursor !== null) process.stderr.write(`For the next hits, add --cursor ${result.cursor}\n`);
  } finally {
    await index.close();
  }
}

/**
 * Opens the index to search. An index named by its path belongs to no config file, so its hits' links are paths. With
 * `verify` the config is needed, because it names the org.
 */
async function opened(
  { config: file, index: path, verify }: SearchCommandOptions,
  onUnconfirmed: (unconfirmed: Unconfirmed) => void,
): Promise<IndexReader> {
  const { openIndexReader } = await import('../index/open.ts');
  const { indexAt } = await import('../index/location.ts');
  const named = path === undefined ? null : indexAt(path);
  if (named !== null && !verify) return openIndexReader({ index: named });
  const config = await configured(file);
  const { baseUrl } = config;
  if (!verify) return openIndexReader({ index: config.index, baseUrl });
  const { salesforceVerifier } = await import('../salesforce/verifier.ts');
  const verifier = salesforceVerifier(config);
  return openIndexReader({ index: named ?? config.index, baseUrl, verifier, onUnconfirmed });
}

function leftOut({ denied, unverified }: Omit<Unconfirmed, 'userId'>): string {
  const hits = (count: number) => `${count} ${count === 1 ? 'hit' : 'hits'} left out`;
  return [
    denied > 0 ? `${hits(denied)}: Salesforce denies ${denied === 1 ? 'it' : 'them'}.\n` : '',
    unverified > 0
      ? `${hits(unverified)}: Salesforce says nothing about ${unverified === 1 ? 'it' : 'them'} (gone, or not readable to the integration user).\n`
      : '',
  ].join('');
}

function formatNamed(name: string): Format {
  const format = FORMATS.find((each) => each === name);
  if (format === undefined) throw new UserError(`There is no format '${name}'. Use one of ${FORMATS.join(', ')}.`);
  return format;
}

async function typesNamed(list: string): Promise<ObjectName[]> {
  const { OBJECT_NAMES } = await import('../objects/index.ts');
  return list.split(',').map((name) => {
    const type = OBJECT_NAMES.find((each) => each.toLowerCase() === name.trim().toLowerCase());
    if (type === undefined)
      throw new UserError(`'${name.trim()}' is not an indexed object. Indexed objects: ${OBJECT_NAMES.join(', ')}.`);
    return type;
  });
}

type FilterOptions = Pick<SearchOptions, 'modifiedFrom' | 'modifiedBefore' | 'owner' | 'account'>;

async function filtersNamed(options: SearchCommandOptions): Promise<FilterOptions> {
  const { accountOf, ID_FORMS, ownerOf, TIME_FORM, timeOf } = await import('../index/model/filters.ts');
  const known = {
    modifiedFrom: { flag: '--modified-from', read: timeOf, form: TIME_FORM },
    modifiedBefore: { flag: '--modified-before', read: timeOf, form: TIME_FORM },
    owner: { flag: '--owner', read: ownerOf, form: ID_FORMS.owner },
    account: { flag: '--account', read: accountOf, form: ID_FORMS.account },
  } as const;
  const given = Object.entries(known).flatMap(([name, { flag, read, form }]) => {
    const text = options[name as keyof typeof known];
    if (text === undefined) return [];
    if (read(text) === null) throw new UserError(`${flag} is '${printable(text)}'. Write ${form}.`);
    return [[name, text] as const];
  });
  return Object.fromEntries(given);
}

async function sortNamed(name = 'relevance'): Promise<Sort> {
  const { SORTS } = await import('../index/model/filters.ts');
  const sort = SORTS.find((each) => each === name);
  if (sort === undefined) throw new UserError(`There is no order '${name}'. Use one of ${SORTS.join(', ')}.`);
  return sort;
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > HIGHEST_LIMIT)
    throw new UserError(`--limit is '${text}'. Write a whole number, 1 to ${HIGHEST_LIMIT}; --format ids writes all.`);
  return limit;
}
