import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { BeginRun, Watermarks } from '../../workflows/contract.ts';

/** The watermark of every object, at one time. */
export function watermarksAt(at: string): Watermarks {
  return Object.fromEntries(OBJECT_NAMES.map((name) => [name, at]));
}

/** The begin of an ordinary run on an index that knows as much as Temporal. */
export function beginMessage(
  overrides: Partial<Omit<BeginRun, 'index'>> & { index?: Partial<BeginRun['index']> } = {},
) {
  const { index, ...rest } = overrides;
  const message: BeginRun = {
    key: 'run-key',
    workflowId: 'salesforce-sync/acme-2026-11-24T12:00:00Z',
    completeBackfillFrequency: 48,
    organizationId: '00D000000000001EAA',
    orgTime: '2026-11-24T12:00:00.000Z',
    holderDead: null,
    ...rest,
    index: {
      indexId: 'index-1',
      highestRun: 0,
      watermarks: {},
      backfill: null,
      selectionChange: null,
      ...index,
    },
  };
  return message;
}
