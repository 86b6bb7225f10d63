import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { promtool } from './promtool.ts';

const RULES = join(packageRoot(), 'docs', 'alerts.yml');
const TESTS = join(packageRoot(), 'test', 'alerts', 'alerts.test.yml');
const rules = readFileSync(RULES, 'utf8');
const tests = readFileSync(TESTS, 'utf8');
const metrics = readFileSync(join(packageRoot(), 'src', 'worker', 'monitor', 'metrics.ts'), 'utf8');

const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);

it('the alert rules are valid', async (context) => {
  const ask = await promtool(context);
  expect(await ask(['check', 'rules', RULES])).toMatchObject({
    code: 0,
    output: expect.stringContaining(`${alerts.length} rules found`),
  });
});

it('the alert rules fire when they should, and not before', async (context) => {
  const ask = await promtool(context);
  const { code, output } = await ask(['test', 'rules', TESTS]);
  expect(code, output).toBe(0);
});

it('a rule that never fires is caught', async (context) => {
  const ask = await promtool(context);
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  writeFileSync(join(folder, 'alerts.yml'), rules.replace('salesforce_connector_stale)', 'salesforce_connector_none)'));
  writeFileSync(join(folder, 'test.yml'), tests.replace('../../docs/alerts.yml', 'alerts.yml'));
  const { code, output } = await ask(['test', 'rules', join(folder, 'test.yml')]);
  expect(code).not.toBe(0);
  expect(output).toContain('SalesforceConnectorStaleDocuments');
});

it('every alert has a test', () => {
  expect(alerts.length).toBeGreaterThan(8);
  expect(alerts.filter((name) => !tests.includes(name))).toEqual([]);
});

it('the rules use only metrics that exist', () => {
  const suffix = /_(total|timestamp_seconds|seconds)$/;
  const asked = [...rules.matchAll(/\bsalesforce_connector_(\w+)/g)].map(([, name = '']) => name);
  expect(asked.length).toBeGreaterThan(8);
  const isMade = (name: string) => [name, name.replace(suffix, '')].some((one) => metrics.includes(`'${one}'`));
  expect(asked.filter((name) => !isMade(name) && name !== 'problem')).toEqual([]);
});
