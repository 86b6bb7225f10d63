// Loaded by `node --import` before a real worker's own code, which does not know it. Breaks the process at a point
// named in the environment, and makes its index read-only or full while a flag file exists.
import { AsyncLocalStorage } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker as Thread } from 'node:worker_threads';
import type { WorkerOptions } from '@temporalio/worker';
import {
  BUG_VARIABLE,
  FLAGS_VARIABLE,
  INJECTION_VARIABLE,
  type Injection,
  MARK_VARIABLE,
  type Point,
} from './injection.ts';

const require = createRequire(import.meta.url);
const inject = JSON.parse(process.env[INJECTION_VARIABLE] ?? 'null') as Injection | null;
const mark = process.env[MARK_VARIABLE] ?? '';
const flags = process.env[FLAGS_VARIABLE] ?? '';
const activity = new AsyncLocalStorage<string>();
let seen = 0;

function reach(point: Point, where = activity.getStore()): void {
  if (inject === null || point !== inject.point || where !== inject.in) return;
  seen += 1;
  if (seen !== inject.nth) return;
  writeFileSync(mark, '');
  if (inject.action === 'stop') process.kill(process.pid, 'SIGSTOP');
  else {
    if (inject.action === 'kill') process.kill(process.pid, 'SIGKILL');
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(`${mark}.go`)) Atomics.wait(sleep, 0, 0, 20);
  }
}

function watchReplies(): void {
  diagnostics.subscribe('http.client.response.finish', (message) => {
    const { path } = (message as { request: { path: string } }).request;
    if (!path.startsWith('/services/data/')) return;
    if (/\/query(All)?\/[^?]/.test(path)) reach('continuation');
    reach('reply');
  });
}

/** Needs more pages than a full file may still have free, so that the next write fails with SQLite's own error. */
const OUTGROW = 'create table outgrow as select zeroblob(100000000) as pages';

function watchCommits(): void {
  const { prototype } = require('libsql') as { prototype: { exec(sql: string): unknown; inTransaction: boolean } };
  const exec = prototype.exec;
  const writes = new WeakSet<object>();
  prototype.exec = function (sql) {
    if (sql === 'commit' && writes.delete(this)) {
      reach('before commit');
      const result = exec.call(this, sql);
      reach('after commit');
      return result;
    }
    if (sql !== 'begin immediate') return exec.call(this, sql);
    const isFull = existsSync(join(flags, 'full'));
    exec.call(this, `pragma max_page_count = ${isFull ? 1 : 1_073_741_823}`);
    exec.call(this, `pragma query_only = ${existsSync(join(flags, 'read-only')) ? 1 : 0}`);
    const result = exec.call(this, sql);
    try {
      if (isFull) exec.call(this, OUTGROW);
    } catch (error) {
      if (this.inTransaction) exec.call(this, 'rollback');
      throw error;
    }
    writes.add(this);
    return result;
  };
}

/** Passes the activity on to the index's thread, with each call. Node.js loads this file there, too. */
function followIntoThreads(): void {
  if (isMainThread) {
    const post = Thread.prototype.postMessage;
    Thread.prototype.postMessage = function (message, ...rest) {
      post.call(this, { ...message, activity: activity.getStore() }, ...rest);
    };
    return;
  }
  const on = parentPort?.on.bind(parentPort);
  Object.assign(parentPort ?? {}, {
    on: (event: string, listener: (message: { activity?: string }) => void) =>
      on?.(event, (message: { activity?: string }) =>
        message.activity === undefined ? listener(message) : activity.run(message.activity, () => listener(message)),
      ),
  });
}

function watchActivities(): void {
  const { Worker } = require('@temporalio/worker') as { Worker: { create(options: WorkerOptions): Promise<unknown> } };
  const create = Worker.create;
  Worker.create = (options) =>
    create.call(Worker, {
      ...options,
      interceptors: {
        activity: [
          (context) => ({
            inbound: {
              execute: (input, next) =>
                activity.run(context.info.activityType, async () => {
                  const result = await next(input);
                  reach('done');
                  return result;
                }),
            },
          }),
        ],
      },
    });
}

function watchContinuations(): void {
  type Send = (worker: unknown, completion: Buffer) => Promise<unknown>;
  const { native } = require('@temporalio/core-bridge') as { native: { workerCompleteWorkflowActivation: Send } };
  const { coresdk } = require('@temporalio/proto') as typeof import('@temporalio/proto');
  const send = native.workerCompleteWorkflowActivation;
  native.workerCompleteWorkflowActivation = async (worker, completion) => {
    const { successful } = coresdk.workflow_completion.WorkflowActivationCompletion.decodeDelimited(completion);
    const continued = successful?.commands?.find((command) => command.continueAsNewWorkflowExecution);
    const type = continued?.continueAsNewWorkflowExecution?.workflowType ?? undefined;
    if (type !== undefined) reach('before continue-as-new', type);
    const result = await send(worker, completion);
    if (type !== undefined) reach('after continue-as-new', type);
    return result;
  };
}

if (process.env[BUG_VARIABLE]) register('./bugs.js', import.meta.url, { data: process.env[BUG_VARIABLE] });
watchCommits();
followIntoThreads();
if (isMainThread) {
  watchReplies();
  watchActivities();
  watchContinuations();
}
