import type { Home } from '../src/facts/homes.ts';
import type {
  BeginAnswer,
  BeginRun,
  Checkpoint,
  ConnectionHome,
  ConnectionMemo,
  ConnectionState,
  FinishRun,
  ForceRequest,
  RunPlan,
  RunStatus,
  RunSummary,
  StoredConnectionState,
  Watermarks,
} from './contract.ts';
import { endedUnseen, nextRunNumber, planRun } from './run-plan.ts';

/**
 * The connection's state machine: each function takes the state and a message, and returns the next state. Pure and
 * plain JSON, so that continue-as-new does not change it.
 */

const RECENT_RUNS_MAX = 20;

export const NEW_CONNECTION: ConnectionState = {
  runNumber: 0,
  rhythmRun: null,
  completeEver: false,
  indexId: null,
  watermarks: {},
  openRun: null,
  openBackfill: null,
  forceRequests: 0,
  forceRequestsServed: 0,
  sweepAllowedBy: 0,
  completeNext: null,
  completeNextWhy: null,
  recentRuns: [],
};

/** Admits a run, or names the run in its way. The same key always gets the same plan. */
export function beginRun(state: ConnectionState, begin: BeginRun): { state: ConnectionState; answer: BeginAnswer } {
  const open = state.openRun;
  if (open !== null && open.key === begin.key) return { state, answer: { kind: 'admitted', plan: open.plan } };
  if (open !== null && open.key !== begin.holderDead) {
    return {
      state,
      answer: { kind: 'busy', holder: { key: open.key, workflowId: open.workflowId, run: open.plan.run } },
    };
  }
  let next = open === null ? state : endRun(state, 'died', `run ${open.plan.run} died before it could finish`);
  if (endedUnseen(next, begin)) next = backfillEnded(next);

  const run = nextRunNumber(next.runNumber, begin.index.highestRun);
  const planned = planRun(next, begin, run);
  const plan: RunPlan = {
    run,
    kind: planned.kind,
    reason: planned.reason,
    why: planned.why,
    indexId: begin.index.indexId,
    organizationId: begin.organizationId,
    watermarks: begin.index.watermarks,
    backfill: planned.backfill,
  };
  return {
    state: {
      ...next,
      runNumber: run,
      indexId: begin.index.indexId,
      // A restored index is behind what Temporal knew. From here on its own watermarks count.
      watermarks: begin.index.watermarks,
      openRun: { key: begin.key, workflowId: begin.workflowId, plan },
      openBackfill: openBackfill(next, plan, planned.resumes, planned.forced),
      ...(begin.home === undefined ? {} : { home: { ...begin.home, organizationId: begin.organizationId } }),
    },
    answer: { kind: 'admitted', plan },
  };
}

function openBackfill(
  state: ConnectionState,
  plan: RunPlan,
  resumes: boolean,
  forced: boolean,
): ConnectionState['openBackfill'] {
  if (plan.backfill === null) return null;
  if (resumes && state.openBackfill !== null) return { ...state.openBackfill, positions: plan.backfill.positions };
  return {
    start: plan.backfill.start,
    positions: plan.backfill.positions,
    beganRun: plan.run,
    forced,
    servesRequests: plan.backfill.objects === undefined ? state.forceRequests : state.forceRequestsServed,
    ...(plan.backfill.allowSweep ? { allowSweep: true } : {}),
    ...(plan.backfill.objects === undefined ? {} : { objects: plan.backfill.objects }),
  };
}

/** Notes the progress of a complete backfill. Ignores messages of any run except the open one. */
export function checkpoint(state: ConnectionState, { key, object, position }: Checkpoint): ConnectionState {
  if (state.openRun?.key !== key || state.openBackfill === null) return state;
  return {
    ...state,
    openBackfill: { ...state.openBackfill, positions: { ...state.openBackfill.positions, [object]: position } },
  };
}

/** Closes the open run. Ignores messages of any run except the open one. */
export function finishRun(state: ConnectionState, finish: FinishRun): ConnectionState {
  if (state.openRun?.key !== finish.key) return state;
  let next = endRun(state, finish.status, finish.headline);
  if (finish.backfillEnded && isInIndex(next, finish)) next = backfillEnded(next);
  return {
    ...next,
    watermarks: risen(next.watermarks, finish.watermarks),
    ...(finish.completeNext === null
      ? {}
      : {
          completeNext: finish.completeNext,
          completeNextWhy: finish.completeNextWhy ?? ({ code: 'earlier_version' } as const),
        }),
  };
}

/** Reports whether the index knows the end. A copy that was restored at the last moment does not. */
function isInIndex({ openBackfill }: ConnectionState, { lastBackfill }: FinishRun): boolean {
  return lastBackfill === undefined || lastBackfill === openBackfill?.start;
}

/** Notes a request. Null: its argument was malformed, so it allows nothing except the backfill. */
export function forceCompleteBackfill(state: ConnectionState, request?: ForceRequest | null): ConnectionState {
  const forceRequests = state.forceRequests + 1;
  return { ...state, forceRequests, ...(request?.allowSweep === true ? { sweepAllowedBy: forceRequests } : {}) };
}

/** Notes where the connection moves to. If nothing is remembered, the next run reports its home. */
export function moveHere(state: ConnectionState, home: Home): ConnectionState {
  return state.home === undefined ? state : { ...state, home: { ...state.home, ...home } };
}

/** Notes the organization that replaces the remembered one. */
export function replaceOrg(state: ConnectionState, organizationId: string): ConnectionState {
  return state.home === undefined ? state : { ...state, home: { ...state.home, organizationId } };
}

/** Returns the memo of ConnectionWorkflow, which needs no worker to be read. */
export function connectionMemo(state: ConnectionState): ConnectionMemo {
  return {
    home: state.home ?? null,
    runNumber: state.runNumber,
    openRun: state.openRun?.workflowId ?? null,
    lastRun: state.recentRuns[0]?.headline ?? null,
    backfillStart: state.openBackfill?.start ?? null,
    backfillRequested: state.forceRequests > (state.openBackfill?.servesRequests ?? state.forceRequestsServed),
  };
}

function endRun(state: ConnectionState, status: RunStatus, headline: string): ConnectionState {
  const open = state.openRun;
  if (open === null) return state;
  const summary: RunSummary = {
    run: open.plan.run,
    key: open.key,
    workflowId: open.workflowId,
    kind: open.plan.kind,
    reason: open.plan.reason,
    ...(open.plan.why === undefined ? {} : { why: open.plan.why }),
    status,
    headline,
  };
  return { ...state, openRun: null, recentRuns: [summary, ...state.recentRuns].slice(0, RECENT_RUNS_MAX) };
}

/** Returns the state after its open backfill has ended. */
export function backfillEnded(state: ConnectionState): ConnectionState {
  const open = state.openBackfill;
  if (open === null) return state;
  if (open.objects !== undefined) return { ...state, openBackfill: null };
  return {
    ...state,
    openBackfill: null,
    completeEver: true,
    completeNext: null,
    completeNextWhy: null,
    rhythmRun: open.forced ? state.rhythmRun : open.beganRun,
    forceRequestsServed: Math.max(state.forceRequestsServed, open.servesRequests),
  };
}

function risen(known: Watermarks, told: Watermarks): Watermarks {
  const result: Watermarks = { ...known };
  for (const [object, at] of Object.entries(told) as [keyof Watermarks, string][]) {
    const before = result[object];
    if (before === undefined || Date.parse(at) > Date.parse(before)) result[object] = at;
  }
  return result;
}

/** How a worker or a command differs from what the connection remembers. */
export type HomeConflict = 'organization' | 'home';

/** Null: no difference. Missing parts are not compared: older workers do not send their home. */
export function homeConflict(
  remembered: ConnectionHome,
  given: { readonly organizationId?: string | undefined; readonly home?: Home | undefined },
): HomeConflict | null {
  if (given.home !== undefined && given.home.id !== remembered.id) return 'home';
  if (given.organizationId !== undefined && given.organizationId !== remembered.organizationId) return 'organization';
  return null;
}

/** The state in this version's form. What an earlier version did not write gets its default. */
export function upgradeState(stored: StoredConnectionState): ConnectionState {
  const { completeNext, completeNextWhy, sweepAllowedBy } = stored;
  return {
    ...stored,
    sweepAllowedBy: sweepAllowedBy ?? 0,
    completeNextWhy: completeNext === null ? null : (completeNextWhy ?? { code: 'earlier_version' }),
  };
}
