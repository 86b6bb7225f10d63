import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { hasLogin, isUnencrypted } from '../index/cluster-address.ts';
import type { EngineAuth, EngineTls, IndexLocation } from '../index/location.ts';
import { checkNamed, type NamingFile } from './secret-files.ts';

/** Where the index is, and how the connector reaches an engine outside the file. */

const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });
const whole = (min: number, max: number, allowed: string) =>
  z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });

const URL_FORM = 'write the address of the cluster without a query, like https://search.example.com:9200';
const WITHOUT_LOGIN = 'write the address without a user and a password: they belong under index.auth.basic';
const SERVERLESS =
  'this is Amazon OpenSearch Serverless, which cannot delete by query: use a domain of Amazon OpenSearch Service';
const PREFIX = 'begin with a small letter or a digit, then use small letters, digits, - and _, 100 at most';
const PEM_FILE = 'write the path of a PEM file';

const url = text(URL_FORM)
  .refine(isHttp, { error: URL_FORM, abort: true })
  .refine((value) => !hasLogin(value), { error: WITHOUT_LOGIN, abort: true })
  .refine((value) => !isServerless(value), { error: SERVERLESS });

const tlsSchema = z
  .strictObject(
    {
      ca_file: text(PEM_FILE).optional().meta({
        description:
          "A PEM file with the certificates of the authorities that signed the cluster's certificate. Default: the ones that Node.js knows.",
      }),
      cert_file: text(PEM_FILE)
        .optional()
        .meta({ description: 'A PEM file with the client certificate, if the cluster requires one.' }),
      key_file: text(PEM_FILE)
        .optional()
        .meta({ description: 'The PEM file with the private key of `cert_file`, without a passphrase.' }),
    },
    { error: 'set ca_file, cert_file and key_file under it' },
  )
  .refine((tls) => tls?.cert_file === undefined || tls.key_file !== undefined, {
    path: ['key_file'],
    error: 'a client certificate needs its key, so set that too',
    when: () => true,
  })
  .refine((tls) => tls?.key_file === undefined || tls.cert_file !== undefined, {
    path: ['cert_file'],
    error: 'a key needs its client certificate, so set that too',
    when: () => true,
  });

const authSchema = z
  .strictObject(
    {
      basic: z
        .strictObject(
          {
            username: text('write the name of a user of the cluster')
              .optional()
              .meta({ description: 'The user of the cluster. Default: `OPENSEARCH_USERNAME`.' }),
            password_file: text('write the path of a file that holds only the password').optional().meta({
              description: 'A file that holds the password and nothing else. Default: `OPENSEARCH_PASSWORD`.',
            }),
          },
          { error: 'set username and password_file under it' },
        )
        .optional()
        .meta({ description: 'A user and a password.' }),
      aws: z
        .strictObject(
          {
            region: text('write the region of the domain, like eu-central-1').meta({
              description:
                'The AWS region of the domain. Requests are signed with the credentials that AWS tools find.',
            }),
            service: z
              .enum(['es'], { error: ({ input }) => (input === 'aoss' ? SERVERLESS : 'write es') })
              .default('es')
              .meta({ description: 'The service that requests are signed for: Amazon OpenSearch Service.' }),
          },
          { error: 'set region and service under it' },
        )
        .optional()
        .meta({ description: 'AWS Signature Version 4.' }),
    },
    { error: 'set basic or aws under it' },
  )
  .refine((auth) => auth?.basic === undefined || auth.aws === undefined, {
    path: ['aws'],
    error: 'set basic or this, not both',
    when: () => true,
  })
  .refine((auth) => auth?.basic !== undefined || auth?.aws !== undefined, { error: 'set basic or aws under it' });

const keys = z.strictObject(
  {
    engine: z.enum(['sqlite', 'opensearch'], { error: 'write sqlite or opensearch' }).default('sqlite').meta({
      description:
        'The search engine. `sqlite`: one file has everything. `opensearch`: a cluster searches. See [OpenSearch](opensearch.md).',
    }),
    path: text('write the path of the index file').optional().meta({
      description:
        'The index file; with `engine: opensearch` the file of the run store. Default: `<data_dir>/<connection>/index.db`.',
    }),
    url: url.optional().meta({
      description: 'With `engine: opensearch`: the address of the cluster, like `https://search.example.com:9200`.',
    }),
    prefix: text(PREFIX)
      .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, { error: PREFIX })
      .optional()
      .meta({
        description:
          'With `engine: opensearch`: the names of the indexes in the cluster begin with it. Default: `salesforce-<connection>`.',
      }),
    shards: whole(1, 1024, 'write a whole number from 1 to 1024').optional().meta({
      description: 'With `engine: opensearch`: the primary shards of an index. Default: `1`.',
    }),
    replicas: whole(0, 20, 'write a whole number from 0 to 20').optional().meta({
      description: 'With `engine: opensearch`: the copies of each shard. A single node needs `0`. Default: `1`.',
    }),
    tls: tlsSchema.optional().meta({ description: 'With `engine: opensearch`: certificates for `https://`.' }),
    auth: authSchema
      .optional()
      .meta({ description: 'With `engine: opensearch`: how requests sign in. Default: they do not.' }),
  },
  { error: 'set engine, path, url, prefix, shards, replicas, tls and auth under it' },
);

type Written = z.infer<typeof keys>;

interface Mixture {
  readonly key: keyof Written;
  readonly isAllowed: (index: Partial<Written> | undefined) => boolean;
  readonly error: string;
}

const OF_CLUSTERS = ['url', 'prefix', 'shards', 'replicas', 'tls', 'auth'] as const;

/** Keys that contradict each other. */
const MIXTURES: readonly Mixture[] = [
  ...OF_CLUSTERS.map((key) => ({
    key,
    isAllowed: (index: Partial<Written> | undefined) => index?.engine !== 'sqlite' || index[key] === undefined,
    error: 'this key is only for engine: opensearch: add engine: opensearch, or remove this key',
  })),
  {
    key: 'url',
    isAllowed: (index) => index?.engine !== 'opensearch' || index.url !== undefined,
    error: URL_FORM,
  },
  {
    key: 'tls',
    isAllowed: (index) => index?.tls === undefined || !isPlain(index.url),
    error: 'certificates are only for an address that begins with https://: correct index.url, or remove this key',
  },
  {
    key: 'auth',
    isAllowed: (index) => index?.auth === undefined || !isPlain(index.url) || !isUnencrypted(index.url),
    error: 'it would be sent unencrypted: write https:// in index.url, or remove this key',
  },
];

export const indexSchema = MIXTURES.reduce(
  (schema, { key, isAllowed, error }) =>
    schema.refine((index) => isAllowed(index as Partial<Written> | undefined), {
      path: [key],
      error,
      when: () => true,
    }),
  keys,
)
  .prefault({})
  .meta({ description: 'The index.' });

const PASSWORD = 'OPENSEARCH_PASSWORD';
const USERNAME = 'OPENSEARCH_USERNAME';

/**
 * Returns the location of the index, with absolute paths. A config file that nobody named may not name other files, and
 * nothing of the environment that signs in goes to its address.
 *
 * @param by the config file, in whose folder relative paths start
 * @throws UserError
 */
export function indexLocation(
  written: Written,
  by: NamingFile & { readonly dataDir: string; readonly connection: string },
  env: NodeJS.ProcessEnv,
): IndexLocation {
  const folder = dirname(by.file);
  const path = resolve(folder, written.path ?? join(by.dataDir, by.connection, 'index.db'));
  // The schema requires an address.
  if (written.engine === 'sqlite' || written.url === undefined) return { engine: 'sqlite', path };
  return {
    engine: 'opensearch',
    connection: by.connection,
    path,
    url: withoutSlash(new URL(written.url).href),
    prefix: written.prefix ?? `salesforce-${by.connection}`,
    shards: written.shards ?? 1,
    replicas: written.replicas ?? 1,
    tls: tlsFiles(written.tls, by),
    auth: engineAuth(written.auth, by, env),
  };
}

function tlsFiles(written: Written['tls'], by: NamingFile): EngineTls {
  if (written === undefined) return { caFile: null, certFile: null, keyFile: null };
  checkNamed(by, 'index.tls');
  const at = (path: string | undefined) => (path === undefined ? null : resolve(dirname(by.file), path));
  return { caFile: at(written.ca_file), certFile: at(written.cert_file), keyFile: at(written.key_file) };
}

function engineAuth(written: Written['auth'], by: NamingFile, env: NodeJS.ProcessEnv): EngineAuth {
  if (written === undefined) return { kind: 'none' };
  checkNamed(by, 'index.auth');
  const { basic, aws } = written;
  if (aws !== undefined) return { kind: 'sigv4', ...aws };
  const username = basic?.username ?? env[USERNAME]?.trim();
  if (!username)
    throw new UserError(
      `${by.file}: index.auth.basic.username is missing: write it there, or set ${USERNAME}.`,
      'credential_missing',
    );
  const file = basic?.password_file;
  const password = file === undefined ? { variable: PASSWORD } : { file: resolve(dirname(by.file), file) };
  return { kind: 'basic', username, password };
}

function withoutSlash(href: string): string {
  return href.endsWith('/') ? href.slice(0, -1) : href;
}

function isHttp(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { search, hash } = new URL(value);
  return search === '' && hash === '';
}

function isServerless(value: string): boolean {
  return new URL(value).hostname.endsWith('.aoss.amazonaws.com');
}

/** Reports whether the value is an address without TLS, also on this machine. */
function isPlain(value: unknown): value is string {
  return typeof value === 'string' && isHttp(value) && new URL(value).protocol === 'http:';
}
