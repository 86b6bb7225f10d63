import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { packageRoot } from '../../src/package-root.ts';
import { compose, interpolated, read, services, text, variablesOf } from './compose.ts';

/** What is known of the deployment without a Docker engine; that it starts is tried by hand. */

const dockerfile = read('Dockerfile');

/** A rule says what is wrong with a deployment's text; nothing: it is kept. */
type Rule = (of: string) => string[];

const localOnly: Rule = (of) =>
  services(of).flatMap(([name, { ports = [] }]) =>
    ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port)).map((port) => `${name} publishes ${port}`),
  );

const pinned: Rule = (of) =>
  services(of).flatMap(([name, { image }]) => (isPinned(image) ? [] : [`${name} takes ${image}`]));

// PostgreSQL's versions have two parts, the others' three.
const isPinned = (image: string) =>
  /^postgres:\d+\.\d+-[a-z]/.test(image) || /^[a-z/-]+:\d+\.\d+\.\d+(-[a-z-]+)?$/.test(image);

const unprivileged: Rule = (of) =>
  services(of).flatMap(([name, { user }]) => (user && !/^(root|0)\b/.test(user) ? [] : [`${name} runs as ${user}`]));

const commentAbove = (of: string, name: string) =>
  new RegExp(`((?: {2}#.*\\n)+) {2}${name}:\\n`).exec(of)?.[1]?.replaceAll(/\n? {2}#/g, '') ?? '';

const watched: Rule = (of) =>
  services(of).flatMap(([name, { healthcheck, restart }]) => {
    const hasReason = /runs once and ends/i.test(commentAbove(of, name)) && restart?.startsWith('on-failure');
    return healthcheck || hasReason ? [] : [`${name} has neither a health check nor a reason to have none`];
  });

/** Who says that an image reads these variables. */
const DOCUMENTED: Readonly<Record<string, { readonly source: string; readonly variables: readonly string[] }>> = {
  postgres: {
    source: 'https://hub.docker.com/_/postgres, "Environment Variables"',
    variables: ['POSTGRES_USER', 'POSTGRES_PASSWORD'],
  },
  'temporalio/server': {
    source: 'https://github.com/temporalio/temporal, common/config/config_template_embedded.yaml',
    variables: [
      'DB',
      'DB_PORT',
      'POSTGRES_SEEDS',
      'POSTGRES_USER',
      'POSTGRES_PWD',
      'BIND_ON_IP',
      'LOG_LEVEL',
      'DYNAMIC_CONFIG_FILE_PATH',
    ],
  },
  'temporalio/admin-tools': {
    source: 'https://github.com/temporalio/temporal, tools/sql/main.go; https://docs.temporal.io/cli, TEMPORAL_ADDRESS',
    variables: ['SQL_PLUGIN', 'SQL_HOST', 'SQL_PORT', 'SQL_USER', 'SQL_PASSWORD', 'TEMPORAL_ADDRESS'],
  },
  'temporalio/ui': {
    source: 'https://github.com/temporalio/ui, server/docker/config-template.yaml',
    variables: ['TEMPORAL_ADDRESS', 'TEMPORAL_CSRF_COOKIE_INSECURE'],
  },
};

/** What this program reads itself, and what Temporal's client settings read, out of their code. */
const envconfig = dirname(createRequire(import.meta.url).resolve('@temporalio/envconfig'));
const OWN = [
  ...[...read('src', 'config.ts').matchAll(/\benv\.([A-Z_]+)/g)].map(([, name = '']) => name),
  ...[...readFileSync(join(envconfig, 'envconfig-toml.js'), 'utf8').matchAll(/'(TEMPORAL_[A-Z_]+)'/g)].map(
    ([, name = '']) => name,
  ),
];

const understood: Rule = (of) =>
  services(of).flatMap(([name, { image, build, environment = {} }]) => {
    const known = build ? OWN : (DOCUMENTED[image.split(':')[0] ?? '']?.variables ?? []);
    return Object.keys(environment)
      .filter((variable) => !known.includes(variable))
      .map((variable) => `${name}: nothing there reads ${variable}`);
  });

const rules: [string, Rule, planted: [from: string, to: string]][] = [
  ['publishes nothing beyond this machine', localOnly, ['127.0.0.1:7233:7233', '7233:7233']],
  ['pins every image to one version', pinned, ['temporalio/ui:2.54.1', 'temporalio/ui:latest']],
  ['runs nothing as root', unprivileged, ['user: postgres', 'user: root']],
  ['has a health check for every service, or a reason why not', watched, ['# Runs once and ends', '# Ends']],
  ['sets only variables that something reads', understood, ['POSTGRES_SEEDS', 'POSTGRES_SEED']],
];

describe('docker-compose.yml', () => {
  it.each(rules)('%s', (_, rule) => {
    expect(services().length).toBeGreaterThan(5);
    expect(rule(text)).toEqual([]);
  });

  it.each(rules)('%s, and a breach is caught', (_, rule, [from, to]) => {
    expect(text).toContain(from);
    expect(rule(text.replace(from, to))).toHaveLength(1);
  });

  it("names the worker's image by this package's version", () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(compose().services.worker?.image).toBe(`salesforce-connector:${version}`);
  });

  it('keeps runs for 30 days', () => {
    expect(compose().services['temporal-namespace']?.command?.join()).toContain(
      'namespace create --namespace default --retention 720h',
    );
  });

  it('asks for what .env.example names, and for nothing else', () => {
    const named = [...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect([...variablesOf(text)].sort()).toEqual(named.sort());
  });

  it('refuses to start without a credential, and says what to do', () => {
    expect(() => interpolated(text, { SALESFORCE_BASE_URL: 'x', SALESFORCE_CLIENT_ID: 'x' })).toThrow(
      'SALESFORCE_CLIENT_SECRET: copy .env.example to .env and fill it in',
    );
  });
});

describe('the config file that docker-compose.yml makes', () => {
  const credentials = {
    SALESFORCE_BASE_URL: 'https://mycompany.my.salesforce.com',
    SALESFORCE_CLIENT_ID: 'key',
    SALESFORCE_CLIENT_SECRET: 'secret',
  };
  const worker = (env: Readonly<Record<string, string>>) =>
    compose(interpolated(text, env)).services.worker ?? expect.fail('there is no worker');

  async function configOf(env: Readonly<Record<string, string>>) {
    const made = compose(interpolated(text, env)).configs.connector ?? expect.fail('there is no config');
    const folder = mkdtempSync(join(tmpdir(), 'compose-'));
    try {
      writeFileSync(join(folder, 'config.yaml'), made.content);
      const config = await loadConfig(join(folder, 'config.yaml'), { ...worker(env).environment });
      return { ...config, folder };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('has the three credentials of .env, and the default rhythm', async () => {
    const config = await configOf(credentials);
    expect(config).toMatchObject({
      baseUrl: 'https://mycompany.my.salesforce.com',
      cronSpec: '*/10 * * * *',
      completeBackfillFrequency: 48,
    });
    expect(await config.credentials()).toEqual({ clientId: 'key', clientSecret: 'secret' });
  });

  it('has the rhythm of .env', async () => {
    const config = await configOf({ ...credentials, CRON_SPEC: '0 * * * *', COMPLETE_BACKFILL_FREQUENCY: '24' });
    expect(config).toMatchObject({ cronSpec: '0 * * * *', completeBackfillFrequency: 24 });
  });

  it('lies where the commands look for it, with the index in the volume beside it', async () => {
    const { configs = [], volumes = [], command = [] } = worker(credentials);
    const [target = ''] = configs.map(({ target }) => target);
    expect(command).toEqual(['worker', '--config', target]);
    expect(compose().services.apply?.command).toEqual(['apply', '--config', target]);
    const config = await configOf(credentials);
    expect(volumes).toContain(`index:${config.dataDir.replace(config.folder, posix.dirname(target))}`);
  });
});

describe('the Dockerfile', () => {
  it('starts from one version of Node.js, and ends as an ordinary user', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    expect(new Set(bases).size).toBe(1);
    expect(bases.filter((image) => !isPinned(image))).toEqual([]);
    expect([...dockerfile.matchAll(/^USER (\S+)/gm)].at(-1)?.[1]).toBe('node');
  });

  it('copies what is there and what .dockerignore lets through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from = '']) => from.split(' '));
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    expect(copied.filter((path) => !existsSync(join(packageRoot(), path)))).toEqual([]);
    expect(copied.sort()).toEqual(allowed.sort());
  });
});

it('says in the README that nothing starts the deployment in CI', () => {
  expect(read('README.md')).toMatch(/docker-compose\.yml[^\n]*\n?[^\n]*is not started in CI/);
});
