import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { compose, interpolated, read, services, text, variablesOf } from './compose.ts';

/** What can be checked of the deployment without a Docker engine. A person has to try that it starts. */

const dockerfile = read('Dockerfile');

/** A rule that returns what is wrong with a deployment's text, or nothing. */
type Rule = (of: string) => string[];

const localOnly: Rule = (of) =>
  services(of).flatMap(([name, { ports = [] }]) =>
    ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port)).map((port) => `${name} publishes ${port}`),
  );

const pinned: Rule = (of) =>
  services(of).flatMap(([name, { image }]) => (isPinned(image) ? [] : [`${name} takes ${image}`]));

// PostgreSQL's versions have two parts, the other versions three.
const isPinned = (image: string) =>
  /^postgres:\d+\.\d+-[a-z]/.test(image) || /^[a-z/-]+:\d+\.\d+\.\d+(-[a-z-]+)?$/.test(image);

const unprivileged: Rule = (of) =>
  services(of).flatMap(([name, { user }]) => (user && !/^(root|0)\b/.test(user) ? [] : [`${name} runs as ${user}`]));

const commentAbove = (of: string, name: string) =>
  new RegExp(`((?: {2}#.*\\n)+) {2}${name}:\\n`).exec(of)?.[1]?.replaceAll(/\n? {2}#/g, '') ?? '';

const watched: Rule = (of) =>
  services(of).flatMap(([name, { healthcheck, restart }]) => {
    const hasReason = /runs once and exits/i.test(commentAbove(of, name)) && restart?.startsWith('on-failure');
    return healthcheck || hasReason ? [] : [`${name} has neither a health check nor a reason to have none`];
  });

/** Which document or program says that an image reads these variables. */
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
  'opensearchproject/opensearch': {
    source:
      'https://github.com/opensearch-project/opensearch-build, docker/release/config/opensearch/opensearch-docker-entrypoint.sh',
    variables: [
      'discovery.type',
      'DISABLE_SECURITY_PLUGIN',
      'DISABLE_INSTALL_DEMO_CONFIG',
      'DISABLE_PERFORMANCE_ANALYZER_AGENT_CLI',
      'OPENSEARCH_JAVA_OPTS',
    ],
  },
  'temporalio/ui': {
    source: 'https://github.com/temporalio/ui, server/docker/config-template.yaml',
    variables: ['TEMPORAL_ADDRESS', 'TEMPORAL_CSRF_COOKIE_INSECURE'],
  },
};

/** What this program and Temporal's client settings read, taken from their code. */
const envconfig = dirname(createRequire(import.meta.url).resolve('@temporalio/envconfig'));
const OWN = [
  ...[...read('src', 'config', 'credentials.ts').matchAll(/\benv\.([A-Z_]+)/g)].map(([, name = '']) => name),
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

const confined: Rule = (of) =>
  services(of).flatMap(([name, { read_only, cap_drop = [], mem_limit, tmpfs = [] }]) => {
    const isReadOnly = read_only === true || /so it is not read-only/.test(commentAbove(of, name));
    return isReadOnly && cap_drop.includes('ALL') && mem_limit !== undefined && tmpfs.includes('/tmp')
      ? []
      : [`${name} is not read-only, without capabilities and limited in memory`];
  });

/** Compose refuses to put anything except a file into a read-only container. */
const fromFiles: Rule = (of) => {
  const { configs, secrets } = compose(of);
  return Object.entries({ ...configs, ...secrets }).flatMap(([name, { file }]) =>
    file === undefined ? [`${name} is no file`] : [],
  );
};

const rules: [string, Rule, planted: [from: string, to: string]][] = [
  ['publishes nothing beyond this machine', localOnly, ['127.0.0.1:7233:7233', '7233:7233']],
  ['pins every image to one version', pinned, ['temporalio/ui:2.54.1', 'temporalio/ui:latest']],
  ['runs nothing as root', unprivileged, ['user: postgres', 'user: root']],
  ['has a health check for every service, or a reason for the exception', watched, ['# Runs once and exits', '# Ends']],
  ['confines every service', confined, ['mem_limit: 2g', '']],
  ['gives files to its services', fromFiles, ['file: ./scripts/temporal-dynamic.yaml', "content: 'x'"]],
  ['sets only variables that something reads', understood, ['POSTGRES_SEEDS', 'POSTGRES_SEED']],
];

describe('docker-compose.yml', () => {
  it.each(rules)('%s', (_, rule) => {
    expect(services().length).toBeGreaterThan(5);
    expect(rule(text)).toEqual([]);
  });

  it.each(rules)('%s: a violation is caught', (_, rule, [from, to]) => {
    expect(text).toContain(from);
    expect(rule(text.replace(from, to))).toHaveLength(1);
  });

  it("names the worker's image with this package's version", () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(compose().services.worker?.image).toBe(`salesforce-connector:${version}`);
  });

  it('keeps runs for 30 days', () => {
    expect(compose().services['temporal-namespace']?.command?.join()).toContain(
      'namespace create --namespace default --retention 720h',
    );
  });

  it('needs what .env.example names, and nothing else', () => {
    const named = [...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect([...variablesOf(text)].sort()).toEqual(named.sort());
  });
});

describe('docker-compose.opensearch.yml', () => {
  const opensearch = read('docker-compose.opensearch.yml');
  const planted: Readonly<Record<string, [from: string, to: string]>> = {
    localOnly: ['127.0.0.1:9200:9200', '9200:9200'],
    pinned: [':3.6.0', ':3'],
    unprivileged: ['user: "1000"', 'user: "0"'],
    watched: ['healthcheck:', 'labels:'],
    confined: ['so it is not read-only', 'so be it'],
    understood: ['DISABLE_SECURITY_PLUGIN', 'DISABLE_SECURITY'],
  };

  it.each(Object.entries({ localOnly, pinned, unprivileged, watched, confined, understood }))(
    'keeps the rule %s, and a violation is caught',
    (name, rule) => {
      const [from, to] = planted[name] ?? expect.fail('no violation is planted');
      expect(opensearch).toContain(from);
      expect(rule(opensearch)).toEqual([]);
      expect(rule(opensearch.replace(from, to))).toHaveLength(1);
    },
  );

  it('adds one service and one volume to the deployment', () => {
    const [added, first] = [compose(opensearch), compose()];
    expect(Object.keys(added.services)).toEqual(['opensearch']);
    expect(Object.keys(first.services)).not.toContain('opensearch');
    expect(Object.keys(first.volumes)).not.toContain('opensearch');
    expect(added.services.opensearch?.volumes).toEqual(['opensearch:/usr/share/opensearch/data']);
  });

  it('runs the version that tests run', () => {
    const [, version] = /^PLAIN=(\S+)$/m.exec(read('tools', 'opensearch')) ?? [];
    expect(compose(opensearch).services.opensearch?.image).toBe(`opensearchproject/opensearch:${version}`);
  });

  it('gives the cluster half of its memory', () => {
    const { environment = {}, mem_limit } = compose(opensearch).services.opensearch ?? {};
    expect(environment.OPENSEARCH_JAVA_OPTS).toBe('-Xms1g -Xmx1g');
    expect(mem_limit).toBe('2g');
  });
});

const setup = read('docs', 'setup.md');

describe("the worker's container", () => {
  const {
    configs = [],
    secrets = [],
    volumes = [],
    command = [],
    healthcheck,
  } = compose().services.worker ?? expect.fail('there is no worker');

  it('finds the config file, the secret and the index of the setup where the config says', async () => {
    const written = /<<'EOF'\n([\s\S]*?)EOF\n/.exec(setup)?.[1] ?? expect.fail('the setup writes no config file');
    const folder = mkdtempSync(join(tmpdir(), 'compose-'));
    try {
      writeFileSync(join(folder, 'config.yaml'), written);
      writeFileSync(join(folder, 'client-secret'), 'secret\n');
      const config = await loadConfig(join(folder, 'config.yaml'), {});
      expect(await config.credentials()).toEqual({ clientId: '3MVG9...', clientSecret: 'secret' });
      const inside = (path: string) => path.replace(folder, '/config');
      expect(command).toEqual(['worker', '--config', inside(config.file)]);
      expect(compose().services.apply?.command).toEqual(['apply', '--config', inside(config.file)]);
      expect(configs.map(({ target }) => target)).toEqual([inside(config.file)]);
      expect(secrets.map(({ target }) => target)).toEqual([inside(join(folder, 'client-secret'))]);
      expect(volumes).toEqual([`index:${inside(config.dataDir)}`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes them from one folder, which .env may name', () => {
    const files = (env: Readonly<Record<string, string>>) => {
      const of = compose(interpolated(text, env));
      return [of.configs.connector?.file, of.secrets['client-secret']?.file];
    };
    expect(files({})).toEqual(['../connection/config.yaml', '../connection/client-secret']);
    expect(files({ CONNECTION_FOLDER: '/srv/acme' })).toEqual(['/srv/acme/config.yaml', '/srv/acme/client-secret']);
  });

  /** The shell of the health check, with a program in place of `node` that only exits. */
  const health = (exitCode: number) => {
    const [, shell = ''] = healthcheck?.test ?? [];
    const script = `node() { return ${exitCode}; }; ${shell.replaceAll('$$', '$')}`;
    return spawnSync('sh', ['-c', script]).status;
  };

  it('is healthy while `status` says healthy or degraded', () => {
    expect([0, 3].map(health)).toEqual([0, 0]);
    expect([1, 2].map(health)).toEqual([1, 1]);
  });
});

describe('the second connection of the setup', () => {
  const [, override = ''] = /docker-compose\.override\.yml[^`]*`[\s\S]*?```yaml\n([\s\S]*?)```/.exec(setup) ?? [];

  it('has a config, a secret and an index of its own, in each of the two services', () => {
    const first = compose();
    const second = compose(override);
    const own = { ...second.configs, ...second.secrets, ...second.volumes };
    expect(Object.keys(second.services)).toEqual(['worker-second', 'apply-second']);
    for (const [name, service] of Object.entries(second.services)) {
      const of = first.services[name.replace('-second', '')];
      const used = [...(service.configs ?? []), ...(service.secrets ?? [])];
      expect(used.map(({ target }) => target)).toEqual(['/config/config.yaml', '/config/client-secret']);
      expect(service.volumes?.map((volume) => volume.split(':')[1])).toEqual(['/config/.data']);
      expect(of?.volumes?.map((volume) => volume.split(':')[1])).toEqual(['/config/.data']);
      for (const { source } of used) expect(Object.keys(own)).toContain(source);
    }
    expect(Object.keys(own).filter((name) => name in { ...first.configs, ...first.secrets, ...first.volumes })).toEqual(
      [],
    );
  });
});

describe('the private key of the setup', () => {
  const [, override = ''] = /### Compose with a private key\n[\s\S]*?```yaml\n([\s\S]*?)```/.exec(setup) ?? [];

  it('is mounted where its config looks for it, in each service that signs in', () => {
    const { services, secrets } = compose(override);
    const [, keyFile] = /^private_key_file: (\S+)$/m.exec(setup) ?? [];
    expect(Object.keys(services)).toEqual(['worker', 'apply']);
    for (const { secrets: mounted = [] } of Object.values(services)) {
      expect(mounted.map(({ target }) => target)).toEqual([`/config/${keyFile}`]);
      expect(mounted.map(({ source }) => secrets[source]?.file)).toEqual([
        `\${CONNECTION_FOLDER:-../connection}/${keyFile}`,
      ]);
    }
  });
});

describe('the Dockerfile', () => {
  it('starts from one version of Node.js, and runs as an ordinary user', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    expect(new Set(bases).size).toBe(1);
    expect(bases.filter((image) => !isPinned(image))).toEqual([]);
    expect([...dockerfile.matchAll(/^USER (\S+)/gm)].at(-1)?.[1]).toBe('node');
  });

  it('copies what exists and what .dockerignore allows', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from = '']) => from.split(' '));
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    expect(copied.filter((path) => !existsSync(join(packageRoot(), path)))).toEqual([]);
    expect(copied.sort()).toEqual(allowed.sort());
  });
});

it('the setup says that nothing starts the deployment in CI', () => {
  expect(setup).toMatch(/docker-compose\.yml[^\n]*\n?[^\n]*CI does not start it/);
});
