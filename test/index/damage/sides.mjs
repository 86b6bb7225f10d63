import { indexAt } from '../../../dist/src/index/location.js';
import { openIndexReader, openInspector, openRunStore } from '../../../dist/src/index/open.js';
import { OBJECT_NAMES, STANDARD_FIELDS } from '../../../dist/src/objects/index.js';

const ID = /^.{15,18}$/su;
const isText = (value) => typeof value === 'string';
const isTime = (value) => isText(value) && !Number.isNaN(Date.parse(value));
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

function check(isRight, what) {
  if (!isRight) throw new Error(`ILL-SHAPED: ${what}`);
}

function checkResult({ userId, hits, total, cursor }, { strings, readable }, leaks) {
  check(isText(userId) && isCount(total) && (cursor === null || isText(cursor)), 'a result');
  for (const hit of hits) {
    const texts = Object.values(hit.fields);
    check(isText(hit.id) && OBJECT_NAMES.includes(hit.object) && isText(hit.title) && isText(hit.snippet), 'a hit');
    check(isTime(hit.modified) && texts.every(isText), 'a hit');
    const written = strings[hit.id];
    if (written !== undefined)
      check(
        Object.entries(hit.fields).every(([field, text]) => written[field] === text),
        `the hit ${hit.id} shows what was never its own`,
      );
    if (readable[userId] !== undefined && !readable[userId].includes(hit.id)) leaks.push(`${userId} sees ${hit.id}`);
  }
}

/** Each step of the reading side, with what must be true of its answer. */
export async function* readingSide(path, facts, leaks) {
  const reader = yield () => openIndexReader({ index: indexAt(path) });
  if (reader !== undefined) {
    for (const as of facts.users) {
      const page = yield async () => reader.search('', { as, limit: 30 });
      if (page !== undefined) checkResult(page, facts, leaks);
      if (page?.cursor)
        yield async () => checkResult(await reader.search('', { as, limit: 200, cursor: page.cursor }), facts, leaks);
      yield async () => checkResult(await reader.search('pump', { as, limit: 200 }), facts, leaks);
      yield async () => checkResult(await reader.search('übung pum', { as, limit: 20 }), facts, leaks);
      yield async () => {
        for (const id of await reader.ids('', { as })) check(isText(id), 'an id');
      };
      yield async () => reader.ids('pump', { as });
      const id = facts.readable[as][0] ?? '';
      yield async () => checkResult(await reader.search(id, { as }), facts, leaks);
    }
    yield async () => reader.search('pump', { as: 'mail5@acme.example' });
    yield () => reader.close();
  }
  const inspector = yield () => openInspector({ index: indexAt(path) });
  if (inspector === undefined) return;
  const users = yield () => inspector.users();
  for (const user of users ?? []) check(isText(user.id) && isText(user.username) && isText(user.reach), 'a user');
  const ids = Object.keys(facts.strings);
  for (const as of facts.users) {
    yield async () => {
      const told = await inspector.explainAll(
        ids.filter((_, at) => at % 17 === 0).map((recordId) => ({ recordId, as })),
      );
      for (const { finds, reads, record, usersAsOf } of told)
        check(
          typeof finds === 'boolean' && typeof reads === 'boolean' && isText(record.id) && isTime(usersAsOf),
          'why',
        );
    };
    yield async () => {
      const drawn = await inspector.borders(as, { each: 3, peers: facts.users, random: (below) => below >> 1 });
      for (const { id, object } of drawn) check(ID.test(id) && OBJECT_NAMES.includes(object), 'a border');
    };
  }
  yield () => inspector.close();
}

/** Each step of a complete run. */
export async function* writingSide(path, { fence: { run, ...fence }, strings }) {
  const store = yield () => openRunStore({ index: indexAt(path), create: true });
  if (store === undefined) return;
  const state = yield () => store.state();
  if (state !== undefined) {
    check(isText(state.indexId) && isCount(state.highestRun), 'a state');
    check(Object.values(state.watermarks).every(isTime), 'a state');
  }
  const health = yield () => store.health();
  if (health !== undefined) check(isCount(health.unindexed.count) && Array.isArray(health.stale), 'a health');
  const checkCounts = (counts) =>
    check(Object.keys(counts).length === 5 && Object.values(counts).every(isCount), 'counts');
  const counts = yield () => store.counts();
  if (counts !== undefined) checkCounts(counts);
  const now = '2026-03-02T00:00:00.000Z';
  const start = '2026-03-01T12:00:00.000Z';
  const version = Date.parse(start) + 1_000;
  const next = { ...fence, indexId: state?.indexId ?? fence.indexId, run: run + 1 };
  yield () => store.aheadOf(now);
  yield () => store.aheadOf('2020-03-02T00:00:00.000Z');
  yield () => store.admit(next, { backfillStart: start, now });
  const indexed = fewer(STANDARD_FIELDS);
  yield () =>
    store.begin(next, {
      start,
      schema: 'all',
      contacts: 'own',
      indexed,
      everHeld: STANDARD_FIELDS.fields,
      unguarded: [],
    });
  const ids = Object.keys(strings);
  const records = ids
    .filter((_, at) => at % 5 < 3)
    .map((id) => ({ id, object: objectOf(id), ownerId: '005000000000009AAA', accountId: null, isPrivate: false }))
    .map((record, at) => ({
      ...record,
      isPersonAccount: false,
      modified: now,
      version,
      fields: { ...(at % 2 ? {} : strings[record.id]) },
    }));
  const known = fewer(STANDARD_FIELDS).fields;
  for (const { object, fields } of records)
    for (const field of Object.keys(fields)) if (!known[object].includes(field)) delete fields[field];
  yield () => store.write(next, { records });
  yield () => store.write(next, { removals: ids.slice(3, 9).map((id) => ({ id, object: objectOf(id), version })) });
  yield () =>
    store.write(next, {
      shares: ids.slice(0, 60).map((parentId) => ({
        parentId,
        object: objectOf(parentId),
        rowCount: 1,
        rows: [{ grantee: '00G000000000003EAA', cause: 'Rule', opens: [objectOf(parentId)] }],
        version,
      })),
    });
  yield () => store.unindexed(OBJECT_NAMES, 10);
  yield () => store.orphanedPrincipals();
  yield () => store.membershipTables();
  yield () => store.membershipReadings();
  yield () => store.confirmMembership(next, version, version + 1);
  yield () => store.noteRights(next, { Lead: { whole: true, traces: { profile: 'y' } } }, now);
  yield () =>
    store.noteStreams(next, { at: now, blocked: [{ object: 'Lead', of: 'shares', code: null, message: 'refused' }] });
  yield () => store.notePass(next, { before: start, streams: [] });
  yield () => store.endPass(next, start, { Lead: 'shown' });
  for (const object of OBJECT_NAMES) {
    yield () => store.shareLedger(object, { after: null, upTo: null }, 4);
    yield () => store.sharedParents(object, { after: null, upTo: null });
    yield () => store.write(next, { position: { object, position: { cursor: null, done: true, recordsRead: 1 } } });
    yield () => store.hasUnseen(object, Date.parse(start));
  }
  yield () => store.sweep(next, 'Lead', Date.parse(start), { percent: 100, evenIfHidden: 'all' });
  yield () => store.sweep(next, 'Case', Date.parse(start), { percent: 1, evenIfHidden: 'nothing' });
  yield () => store.endBackfill(next, { contactsMixed: false });
  const left = yield () => store.counts();
  if (left !== undefined) checkCounts(left);
  const tables = yield () => store.membershipTables();
  if (tables !== undefined && tables !== null)
    yield () =>
      store.replaceMembership(
        next,
        { asOf: version, gaps: [], fields: known, groups: [], shared: [], tables: tables.tables, readings: {} },
        [],
        [],
      );
  yield () =>
    store.admit(
      { ...next, run: run + 2 },
      { backfillStart: '2025-03-01T00:00:00.000Z', now: '2025-03-01T00:00:00.000Z' },
    );
  yield () => store.close();
}

function objectOf(id) {
  return { '001': 'Account', '003': 'Contact', 500: 'Case', '006': 'Opportunity', '00Q': 'Lead' }[id.slice(0, 3)];
}

/** Leaves out each object's last field, so that the words are written again. */
function fewer({ fields, titleFields }) {
  return {
    fields: Object.fromEntries(Object.entries(fields).map(([object, names]) => [object, names.slice(0, -1)])),
    titleFields,
  };
}
