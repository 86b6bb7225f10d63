import type { EngineFacts, EngineTrouble } from '../facts/engine.ts';

const WHAT: Record<EngineTrouble, string> = {
  unreachable: 'does not answer',
  read_only: 'is read-only',
  overloaded: 'is overloaded',
  refused: 'refuses the connection or the login',
};

const REMEDY: Record<EngineTrouble, string> = {
  unreachable: 'Start it, and check index.url and the network between it and the worker.',
  read_only:
    'Free disk space on its nodes: a cluster whose disks are nearly full makes its indexes read-only, and writable again once there is room. If a person has made it read-only, remove that setting.',
  overloaded: 'If this lasts, give the cluster more memory or nodes, or send it fewer other requests.',
  refused:
    'Correct index.url, the certificates, the credentials or the rights of its user. `check` says what is wrong.',
};

/** Describes an unavailable search engine, as a clause: `the search engine at https://… does not answer (ECONNREFUSED)`. */
export function engineText(facts: EngineFacts): string {
  return `the search engine at ${facts.address} ${what(facts)}`;
}

/** The same for what follows `waiting for`: `the search engine at https://…, which does not answer (ECONNREFUSED)`. */
export function engineWaitText(facts: EngineFacts): string {
  return `the search engine at ${facts.address}, which ${what(facts)}`;
}

function what({ reason, engineCode }: EngineFacts): string {
  return `${WHAT[reason]}${engineCode === null ? '' : ` (${engineCode})`}`;
}

/** Says what to do, in sentences. */
export function engineRemedy(reason: EngineTrouble): string {
  return REMEDY[reason];
}
