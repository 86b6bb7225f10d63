import { expect, it } from 'vitest';
import { createRedact } from '../../../src/salesforce/redact.ts';
import { createLog } from '../../../src/worker/log/log.ts';
import type { LogFormat, LogLevel } from '../../../src/worker/log/settings.ts';

const SECRET = 'A1b2C3d4E5f6G7h8I9j0';

function logOf(format: LogFormat, level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = createLog({
    level,
    format,
    base: { connection: 'acme' },
    redact: createRedact([SECRET]),
    write: (line) => lines.push(line),
  });
  return { log, lines };
}

const COUNTS = { run: 7, seconds: 1.5, Account: { read: 3, added: 1 } };

it('writes a line of text for a person', () => {
  const { log, lines } = logOf('text');
  log.info('run_ended', 'run 7 has ended', { ...COUNTS, why: 'every 48th run', none: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO run 7 has ended · connection=acme run=7 seconds=1.5 Account=\(read=3 added=1\) why="every 48th run"\n$/,
  );
});

it('writes the same as JSON for a program, with the name of the event', () => {
  const { log, lines } = logOf('json');
  log.warn('run_ended', 'run 7 has ended', COUNTS);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    connection: 'acme',
    event: 'run_ended',
    message: 'run 7 has ended',
    ...COUNTS,
  });
});

it.each<[LogLevel, string[]]>([
  ['error', ['error']],
  ['warn', ['error', 'warn']],
  ['info', ['error', 'warn', 'info']],
  ['debug', ['error', 'warn', 'info', 'debug']],
])('at the level %s writes %j', (level, expected) => {
  const { log, lines } = logOf('json', level);
  for (const at of ['error', 'warn', 'info', 'debug'] as const) log[at]('any', 'any');
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
});

it.each<LogFormat>(['text', 'json'])('shows none of its secrets anywhere as %s', (format) => {
  const { log, lines } = logOf(format);
  const hidden = [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')];
  for (const text of hidden) log.error('any', `refused ${text} there`, { error: text, inner: { deep: `a ${text}` } });
  expect(lines).toHaveLength(hidden.length);
  for (const text of hidden) expect(lines.join('')).not.toContain(text);
  expect(lines[0]).toContain('refused … there');
});

it.each<LogFormat>(['text', 'json'])('keeps any entry on one line, as %s', (format) => {
  const { log, lines } = logOf(format);
  log.error('any', 'one\ntwo\u001b[2J', { error: 'three\u2028four\u202E' });
  expect(lines[0]?.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u202E]/u);
});

it('shortens what is too long', () => {
  const { log, lines } = logOf('json');
  log.error('any', 'x'.repeat(10_000), { error: 'y'.repeat(10_000) });
  const { message, error } = JSON.parse(lines[0] ?? '');
  expect([message.length, error.length]).toEqual([2_000, 2_000]);
});
