import Database from 'libsql';

/** A live document as it is in the index file, independent of the engine's code. */
export interface StoredDocument {
  readonly id: string;
  readonly rowNumber: number;
  readonly version: number;
  readonly hash: string;
  readonly principals: readonly string[];
}

const DOCUMENTS = `
  select id, rid, version, hash, more, p0, p1, p2, p3, p4, p5, p6, p7 from doc where live = 1 order by id
`;

/** Reads every live document's row from the index file, with its principals by name. */
export function storedDocuments(path: string): StoredDocument[] {
  const db = new Database(path);
  try {
    db.pragma('query_only = 1');
    const names = new Map(
      (db.prepare('select pid, name from principal').raw().all() as [number, string][]).map((row) => row),
    );
    const further = db.prepare('select p from more_access where rid = ?').raw();
    const rows = db.prepare(DOCUMENTS).raw().all() as [string, number, number, string, number, ...(number | null)[]][];
    return rows.map(([id, rowNumber, version, hash, more, ...inline]) => {
      const beyond = more > 0 ? (further.all(rowNumber) as [number][]).map(([pid]) => pid) : [];
      const pids = [...inline, ...beyond].filter((pid): pid is number => pid !== null);
      return {
        id,
        rowNumber,
        version,
        hash,
        principals: pids.map((pid) => names.get(pid) ?? `unknown ${pid}`).toSorted(),
      };
    });
  } finally {
    db.close();
  }
}
