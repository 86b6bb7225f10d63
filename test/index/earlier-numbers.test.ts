import Libsql from 'libsql';
import { expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { closeAfterEach, iso, member, opened, record, recordId, START } from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

/** Files of layout 6.2 stored documents and their bodies under the row numbers. */

const nextPath = temporaryPaths();
closeAfterEach();

/** Makes a file what the earlier layout had. */
function setBack(path: string): void {
  const db = new Libsql(path);
  db.exec(`
    create table earlier_doc (
      rid integer primary key, id text not null unique, obj integer not null, live integer not null,
      version integer not null, shares_due integer not null, hash text not null, modified integer not null,
      owner text, account text, is_private integer not null, is_person integer not null, more integer not null,
      p0 integer, p1 integer, p2 integer, p3 integer, p4 integer, p5 integer, p6 integer, p7 integer
    );
    insert into earlier_doc select rid, id, obj, live, version, shares_due, hash, modified, owner, account, is_private,
      is_person, more, p0, p1, p2, p3, p4, p5, p6, p7 from doc;
    create table earlier_body (rid integer primary key, json text not null);
    insert into earlier_body select d.rid, b.json from doc d join body b using (did);
    drop table doc;
    drop table body;
    alter table earlier_doc rename to doc;
    alter table earlier_body rename to body;
    create index doc_recent on doc (obj) where live = 1;
    create index doc_account on doc (account) where live = 1 and account is not null;
    create index doc_dead on doc (version) where live = 0;
    update meta set value = '6.2' where key = 'layout';
  `);
  db.close();
}

it('are upgraded in place: documents are found, shown, changed and removed as before', async () => {
  const path = nextPath();
  const world = await startedIn(path);
  await world.members(member(1));
  const leads = [1, 2, 3, 4].map((n) => record('Lead', n, { Name: `Lead ${n}`, Company: 'Acme' }));
  await world.write({ records: leads });
  await world.write({ removals: [{ id: recordId('Lead', 4), object: 'Lead', version: START + 2_000 }] });
  const before = await world.search(1, 'acme');
  await world.store.close();
  setBack(path);

  const notices: string[] = [];
  const notice = (message: string): void => void notices.push(message);
  const store = await opened(openRunStore({ index: indexAt(path), create: true, notice }));
  expect(notices).toEqual([expect.stringContaining('has been upgraded')]);
  expect(before.hits).toHaveLength(3);
  expect(await world.search(1, 'acme')).toEqual(before);

  await store.write(world.fence, {
    records: [
      record('Lead', 1, { Name: 'Lead 1', Company: 'Birch' }, { version: START + 3_000 }),
      record('Lead', 5, { Name: 'Lead 5', Company: 'Acme' }, { modified: iso(START), version: START + 3_000 }),
    ],
    removals: [{ id: recordId('Lead', 2), object: 'Lead', version: START + 3_000 }],
  });
  expect(await world.found(1, 'acme')).toEqual([recordId('Lead', 3), recordId('Lead', 5)]);
  expect(await world.found(1, 'birch')).toEqual([recordId('Lead', 1)]);
});
