import { describe, expect, it } from 'vitest';
import type { Home } from '../../src/facts/homes.ts';
import { otherHomeMessage, otherOrganizationMessage } from '../../src/sentences/homes.ts';
import {
  beginRun,
  connectionMemo,
  forceCompleteBackfill,
  homeConflict,
  moveHere,
  NEW_CONNECTION,
  replaceOrg,
} from '../../workflows/connection-state.ts';
import type { ConnectionHome } from '../../workflows/contract.ts';
import { wrongInBeginRun, wrongInState } from '../../workflows/message-forms.ts';
import { beginMessage } from './begin-message.ts';

const HERE: Home = { id: '00000000-0000-4000-8000-000000000001', host: 'a', path: '/a/index.db' };
const THERE: Home = { id: '00000000-0000-4000-8000-000000000002', host: 'b', path: '/b/index.db' };
const ORG = '00D000000000001EAA';
const OTHER_ORG = '00D000000000002EAA';
const remembered: ConnectionHome = { ...HERE, organizationId: ORG };

const settled = () => beginRun(NEW_CONNECTION, beginMessage({ home: HERE, organizationId: ORG })).state;

describe('the home of a connection', () => {
  it('comes from its first run, and an older worker does not remove it', () => {
    const state = settled();
    expect(state.home).toEqual(remembered);
    const older = beginRun({ ...state, openRun: null }, beginMessage({ key: 'older' })).state;
    expect(older.home).toEqual(remembered);
    expect(wrongInState(older)).toBeNull();
    expect(wrongInBeginRun(beginMessage({ home: HERE }))).toBeNull();
  });

  it.each([
    ['the same', { organizationId: ORG, home: HERE }, null],
    ['the same on a new host', { organizationId: ORG, home: { ...THERE, id: HERE.id } }, null],
    ['another home', { organizationId: ORG, home: THERE }, 'home'],
    ['another organization', { organizationId: OTHER_ORG, home: HERE }, 'organization'],
    ['another organization, from an older worker', { organizationId: OTHER_ORG }, 'organization'],
    ['the same organization, from an older worker', { organizationId: ORG }, null],
  ] as const)('%s', (_, given, conflict) => {
    expect(homeConflict(remembered, given)).toBe(conflict);
  });

  it('is moved and replaced by any number of signals, which change nothing if no home is remembered', () => {
    const moved = moveHere(moveHere(settled(), THERE), THERE);
    expect(moved.home).toEqual({ ...THERE, organizationId: ORG });
    expect(replaceOrg(replaceOrg(moved, OTHER_ORG), OTHER_ORG).home).toEqual({ ...THERE, organizationId: OTHER_ORG });
    expect(moveHere(NEW_CONNECTION, THERE)).toEqual(NEW_CONNECTION);
    expect(replaceOrg(NEW_CONNECTION, OTHER_ORG)).toEqual(NEW_CONNECTION);
  });

  it('is refused with a malformed id, host or path', () => {
    for (const home of [{ ...HERE, id: 'x' }, { ...HERE, host: 7 }, { ...HERE, path: 'p'.repeat(5_000) }, null])
      expect(wrongInBeginRun({ ...beginMessage(), home })).toBe('home');
  });
});

it('a refusal names both homes on one line, and says what to do', () => {
  for (const message of [otherHomeMessage('acme', HERE, THERE), otherOrganizationMessage('acme', ORG, OTHER_ORG)])
    expect(message).not.toContain('\n');
  expect(otherHomeMessage('acme', HERE, THERE)).toMatch(/\/a\/index\.db on a .*\/b\/index\.db on b .*--move-here/);
  expect(otherOrganizationMessage('acme', ORG, OTHER_ORG)).toMatch(/0001EAA.*0002EAA.*--replace-org/);
});

it('the memo reports a requested backfill until one has begun', () => {
  const asked = forceCompleteBackfill({ ...settled(), openRun: null, openBackfill: null });
  expect(connectionMemo(asked)).toMatchObject({ backfillRequested: true, openRun: null });
  const begun = beginRun(asked, beginMessage({ key: 'next' })).state;
  expect(connectionMemo(begun)).toMatchObject({
    backfillRequested: false,
    openRun: beginMessage().workflowId,
    backfillStart: beginMessage().orgTime,
  });
});

it('a missing home file is named, and does not count as another home', () => {
  const message = otherHomeMessage('acme', HERE, { ...HERE, id: null });
  expect(message).toMatch(/had its index in .*\/a\/index\.db\.home is gone\. .*--move-here/);
});
