import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import Libsql from 'libsql';

const PAGE = 4096;

/** Whole numbers below a bound, always the same ones for the same seed (mulberry32). */
function random(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Each function damages the file, and returns how. */
const DAMAGES = [
  flippedBits,
  flippedBits,
  writtenBytes,
  pages,
  length,
  storedValue,
  storedValue,
  flippedValue,
  flippedValue,
];

export function damage(path, seed) {
  const below = random(seed);
  return DAMAGES[below(DAMAGES.length)](path, below);
}

function flippedBits(path, below) {
  return changed(path, (bytes) => {
    const count = 1 + below(3);
    const at = Array.from({ length: count }, () => below(bytes.length));
    for (const each of at) bytes[each] ^= 1 << below(8);
    return `bits flipped at ${at}`;
  });
}

/** A position in a page, more often than not in its header. */
function writtenBytes(path, below) {
  return changed(path, (bytes) => {
    const page = below(bytes.length / PAGE);
    const at = page * PAGE + (below(2) === 0 ? below(PAGE) : below(60));
    const count = 1 + below(4);
    for (let n = 0; n < count; n++) bytes[Math.min(at + n, bytes.length - 1)] = below(256);
    return `${count} bytes written at ${at}`;
  });
}

function pages(path, below) {
  return changed(path, (bytes) => {
    const all = bytes.length / PAGE;
    const [one, other] = [below(all), below(all)];
    const pageOf = (n) => bytes.subarray(n * PAGE, (n + 1) * PAGE);
    const kept = Buffer.from(pageOf(one));
    const how = ['zeroed', 'random', 'swapped', 'copied'][below(4)];
    if (how === 'zeroed') pageOf(one).fill(0);
    if (how === 'random') for (let at = 0; at < PAGE; at++) pageOf(one)[at] = below(256);
    if (how === 'swapped' || how === 'copied') pageOf(other).copy(pageOf(one));
    if (how === 'swapped') kept.copy(pageOf(other));
    return `pages ${one} and ${other} ${how}`;
  });
}

function length(path, below) {
  const size = readFileSync(path).length;
  const left = below(3) === 0 ? below(size) : below(size / PAGE) * PAGE;
  truncateSync(path, left);
  return `cut to ${left}`;
}

const ODD = [
  'null',
  "''",
  '0',
  '-1',
  '-2',
  '7',
  '-4611686018427387904',
  '9007199254740993',
  '9223372036854775807',
  '1.5',
  '1e300',
  "cast(x'ff' as text)",
  "cast(x'c3' as text)",
  "cast(x'610062' as text)",
  "x'00ff'",
  "x''",
  "'x'",
  "'{}'",
  "'[]'",
  "'null'",
  "'[null]'",
  `'{"a":1}'`,
  `'{"a":'`,
  `'"x"'`,
  'zeroblob(100000)',
  "printf('%.*c', 100000, 'x')",
];

/** Puts in a value that its column never has. */
function storedValue(path, below) {
  const value = ODD[below(ODD.length)];
  return updated(path, below, () => value);
}

/** Flips one bit of a text or a blob. */
function flippedValue(path, below) {
  return updated(path, below, (table, column, where) => {
    const [hex, type] = table.db
      .prepare(`select hex(${column}), typeof(${column}) from ${table.name} ${where}`)
      .raw()
      .get([]);
    const bytes = Buffer.from(hex, 'hex');
    if (bytes.length === 0 || (type !== 'text' && type !== 'blob')) return 'null';
    bytes[below(bytes.length)] ^= 1 << below(8);
    return `cast(x'${bytes.toString('hex')}' as ${type})`;
  });
}

/** Changes one value of one row of any table, regardless of what its column allows. */
function updated(path, below, oddOf) {
  const db = new Libsql(path);
  db.exec('pragma writable_schema = 1');
  const tables = db
    .prepare("select name, sql from sqlite_master where type = 'table' and sql like 'create table%'")
    .raw()
    .all([]);
  const [name] = tables[below(tables.length)];
  // The rows stay; their columns may be null.
  db.exec("update sqlite_master set sql = replace(sql, ' not null', ' /*free*/') where type = 'table'");
  db.close();
  const free = new Libsql(path);
  const columns = free.prepare(`select name from pragma_table_info('${name}')`).raw().all([]);
  const [column] = columns[below(columns.length)];
  const [rows] = free.prepare(`select count(*) from ${name}`).raw().get([]);
  const keys = free.prepare(`select name from pragma_table_info('${name}') where pk > 0`).raw().all([]).flat();
  const key = keys.length === 0 ? 'rowid' : keys.join(', ');
  const where = `where (${key}) = (select ${key} from ${name} limit 1 offset ${rows === 0 ? 0 : below(rows)})`;
  const value = oddOf({ db: free, name }, column, where);
  let how = `${name}.${column} = ${value.slice(0, 60)} ${where}`;
  try {
    free.prepare(`update or ignore ${name} set ${column} = ${value} ${where}`).run([]);
  } catch (error) {
    how += ` (${error.code})`;
  }
  free.exec('pragma writable_schema = 1');
  free.exec("update sqlite_master set sql = replace(sql, ' /*free*/', ' not null') where type = 'table'");
  free.exec('pragma wal_checkpoint(truncate)');
  free.close();
  return how;
}

function changed(path, change) {
  const bytes = readFileSync(path);
  const how = change(bytes);
  writeFileSync(path, bytes);
  return how;
}
