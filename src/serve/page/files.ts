import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packageRoot } from '../../process/package-root.ts';

/** A file of the search page. */
export interface PageFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Reads the built files of the search page, by name. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const folder = join(packageRoot(), 'dist', 'page');
  return new Map(
    readdirSync(folder).flatMap((name): [string, PageFile][] => {
      const type = TYPES[extname(name)];
      if (type === undefined) return [];
      const content = new Uint8Array(readFileSync(join(folder, name)));
      const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
      return [[name, { content, type, etag }]];
    }),
  );
}
