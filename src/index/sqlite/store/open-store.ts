import type { Database } from '../file/database.ts';
import type { Principals } from './principals.ts';
import type { Publication } from './publication.ts';

/** An open store: its file, its numbers of principals, and its way to the search engine. */
export interface OpenStore {
  readonly db: Database;
  readonly principals: Principals;
  readonly publication: Publication;
}
