import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { CalledThread, ThreadEndedError } from '../../src/threads/called-thread.ts';
import { compiledFile } from '../../src/threads/compiled-file.ts';

type Offered = {
  add(one: number, other: number): number;
  later(value: string, ms: number): Promise<string>;
  fail(kind: string): void;
  exit(): void;
  crash(): Promise<void>;
};

/** Here it has no constructor like the thread's. */
class OddError extends Error {
  override name = 'OddError';
}

const script = new URL('./offered.mjs', import.meta.url);
const threads: CalledThread<Offered>[] = [];
const started = (): CalledThread<Offered> => {
  const thread = new CalledThread<Offered>(script, [OddError]);
  threads.push(thread);
  return thread;
};
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.end();
});
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );

describe('a thread whose functions are called', () => {
  it('answers calls that overlap, each its own', async () => {
    const thread = started();
    const slow = thread.call('later', 'slow', 50);
    expect(await Promise.all([thread.call('add', 1, 2), thread.call('add', 3, 4)])).toEqual([3, 7]);
    expect(thread.openCalls).toBe(1);
    expect(await slow).toBe('slow');
    expect(thread.openCalls).toBe(0);
  });

  it('throws known errors in their class, with fields and cause', async () => {
    const error = await errorOf(started().call('fail', 'odd'));
    expect(error).toBeInstanceOf(OddError);
    expect(error).toMatchObject({ name: 'OddError', message: 'something odd', level: 3 });
    expect(Reflect.get(Object(error), 'cause')).toBeInstanceOf(RangeError);
    expect(String(error)).toBe('OddError: something odd');
  });

  it('throws errors of JavaScript in their class, and others as errors', async () => {
    const thread = started();
    expect(await errorOf(thread.call('fail', 'range'))).toBeInstanceOf(RangeError);
    expect(await errorOf(thread.call('fail', 'only a text'))).toEqual(new Error('only a text'));
  });

  it('fails a call whose argument cannot be copied, and no other', async () => {
    const thread = started();
    const bad = (() => {}) as unknown as number;
    expect(String(await errorOf(thread.call('add', bad, 1)))).toContain('could not be cloned');
    expect(await thread.call('add', 1, 1)).toBe(2);
  });

  it('fails open and later calls if it exits', async () => {
    const thread = started();
    const open = errorOf(thread.call('later', 'never', 60_000));
    expect(await errorOf(thread.call('exit'))).toBeInstanceOf(ThreadEndedError);
    expect(await open).toBeInstanceOf(ThreadEndedError);
    expect(thread.isEnded).toBe(true);
    expect(String(await errorOf(thread.call('add', 1, 1)))).toBe('ThreadEndedError: A thread has ended, with code 7.');
  });

  it('fails open calls if it throws outside of a call', async () => {
    const error = await errorOf(started().call('crash'));
    expect(error).toBeInstanceOf(ThreadEndedError);
    expect(String(error)).toContain('outside of every call');
  });

  const caller = `
    import { CalledThread } from ${JSON.stringify(compiledModule('called-thread'))};
    const thread = new CalledThread(new URL(${JSON.stringify(script.href)}), []);
    thread.call('later', 'answered', 300).then(console.log);`;

  it('keeps the process alive until a call is answered, and no longer', () => {
    const args = ['--input-type=module', '-e', caller];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('answered\n');
  });

  it('starts in a process with flags of V8', () => {
    const folder = mkdtempSync(join(tmpdir(), 'thread-'));
    try {
      const file = join(folder, 'caller.mjs');
      writeFileSync(file, caller);
      const args = ['--max-old-space-size=500', file];
      expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('answered\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const compiledModule = (name: string): string =>
  pathToFileURL(join(packageRoot(), 'dist', 'src', 'threads', `${name}.js`)).href;

describe('the file of a thread', () => {
  it('is the compiled one, from source and from the build', () => {
    const root = packageRoot();
    const compiled = pathToFileURL(join(root, 'dist', 'src', 'index', 'thread', 'store-thread.js')).href;
    const source = pathToFileURL(join(root, 'src', 'index', 'thread', 'in-thread.ts')).href;
    expect(compiledFile('store-thread', source).href).toBe(compiled);
    expect(compiledFile('store-thread', compiled).href).toBe(compiled);
  });
});
