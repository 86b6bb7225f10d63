/** Which index: the section `index` of a config, with absolute paths. Code outside this folder only passes it on. */
export type IndexLocation = SqliteLocation | OpenSearchLocation;

export interface SqliteLocation {
  readonly engine: 'sqlite';
  /** The index file. */
  readonly path: string;
}

/** A search engine outside the file, which then holds the run store alone. */
export interface OpenSearchLocation {
  readonly engine: 'opensearch';
  /** The connection whose index it is. Null: a caller that only searches does not say. */
  readonly connection: string | null;
  /** The file of the run store. */
  readonly path: string;
  /** The cluster's address: protocol, host, port, and a path if it has one. */
  readonly url: string;
  /** The names of the index's own indexes in the cluster begin with it. */
  readonly prefix: string;
  readonly shards: number;
  readonly replicas: number;
  readonly tls: EngineTls;
  readonly auth: EngineAuth;
}

/** PEM files. Null: the authorities that Node.js knows; no client certificate. */
export interface EngineTls {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

/** How requests sign in to the engine. Secrets are read when the engine is opened. */
export type EngineAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: SecretSource }
  /** AWS Signature Version 4, with the credentials that AWS's tools find. */
  | { readonly kind: 'sigv4'; readonly region: string; readonly service: string };

/** Where a secret comes from. Its value is never part of a config. */
export type SecretSource = { readonly file: string } | { readonly variable: string };

/** Returns the location of the index in that file, for callers that have no config. */
export function indexAt(path: string): IndexLocation {
  return { engine: 'sqlite', path };
}

/** A cluster with an index, for callers that only search it and have no config. */
export interface SearchedCluster {
  readonly engine: 'opensearch';
  readonly url: string;
  readonly prefix: string;
  /** PEM files. Left out: the authorities that Node.js knows; no client certificate. */
  readonly tls?: Partial<EngineTls>;
  /** Left out: requests do not sign in. */
  readonly auth?: EngineAuth;
}

/** Returns the location of the index in that cluster. It has no run store, so it can only be searched. */
export function indexIn({ url, prefix, tls, auth = { kind: 'none' } }: SearchedCluster): IndexLocation {
  return {
    engine: 'opensearch',
    connection: null,
    path: '',
    url: url.endsWith('/') ? url.slice(0, -1) : url,
    prefix,
    // Only what creates an index reads these two.
    shards: 1,
    replicas: 0,
    tls: { caFile: null, certFile: null, keyFile: null, ...tls },
    auth,
  };
}

/** Returns the name of the index in messages to an operator. `indexAt` takes it. */
export function indexName({ path }: IndexLocation): string {
  return path;
}

/** Returns the name of what an engine outside the file has of the index, in messages to an operator. Null: nothing. */
export function engineIndexName(index: IndexLocation): string | null {
  return index.engine === 'sqlite' ? null : `${index.prefix}-* in the cluster ${index.url}`;
}

/** Returns the path of another file of the program, beside the index. `removeIndex` leaves it there. */
export function besideIndex({ path }: IndexLocation, ending: string): string {
  return `${path}${ending}`;
}
