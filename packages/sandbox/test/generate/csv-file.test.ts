import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CsvFile } from '../../src/generate/csv-file.ts';
import { withTemporary } from './folder.ts';

test('a row with a missing or extra column is refused, because it would silently lose a value', () =>
  withTemporary((folder) => {
    const file = new CsvFile(join(folder, 'Account.csv'));
    file.add({ Id: '1', Name: 'a "b"' });
    expect(() => file.add({ Id: '2' })).toThrow('other columns than the first');
    expect(() => file.add({ Id: '2', Name: 'c', Type: 'd' })).toThrow('other columns than the first');
    expect(() => file.add({ Id: '2', Type: 'd' })).toThrow('other columns than the first');
    file.add({ Name: null, Id: '3' });
    file.close();
    expect(readFileSync(file.path, 'utf8')).toBe('"Id","Name"\n"1","a ""b"""\n"3",""\n');
  }));
