import type { IndexWriter, WriteBatch } from '../src/index/port.ts';
import type { ObjectName } from '../src/objects/index.ts';

/** The index, with the share rows that are written into it told. */
export function tellingShareRows(index: IndexWriter, tell: (object: ObjectName, rows: number) => void): IndexWriter {
  const write: IndexWriter['write'] = async (ticket, batch) => {
    const written = await index.write(ticket, batch);
    for (const [object, rows] of rowsByObject(batch)) tell(object, rows);
    return written;
  };
  return new Proxy(index, {
    get(target, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      // Its private fields are its own.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function rowsByObject({ shares = [] }: WriteBatch): Map<ObjectName, number> {
  const sums = new Map<ObjectName, number>();
  for (const { object, rowCount } of shares) sums.set(object, (sums.get(object) ?? 0) + rowCount);
  return sums;
}
