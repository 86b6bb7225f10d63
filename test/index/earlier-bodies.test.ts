import Libsql from 'libsql';
import { expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { closeAfterEach, iso, member, opened, record, recordId, START } from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

/** Files of layout 6.2 stored each body under the row number of its document. */

const nextPath = temporaryPaths();
closeAfterEach();

/** Makes a file what the earlier layout had. */
function setBack(path: string): void {
  const db = new Libsql(path);
  db.exec(`
    create table earlier (rid integer primary key, json text not null);
    insert into earlier select d.rid, b.json from doc d join body b using (bid);
    drop table body;
    alter table earlier rename to body;
    alter table doc drop column bid;
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
