/** Which index: the section `index` of a config, with an absolute path. Code outside this folder only passes it on. */
export interface IndexLocation {
  readonly engine: 'sqlite';
  /** The index file. */
  readonly path: string;
}

/** Returns the location of the index in that file, for callers that have no config. */
export function indexAt(path: string): IndexLocation {
  return { engine: 'sqlite', path };
}

/** Returns the name of the index in messages to an operator. `indexAt` takes it. */
export function indexName({ path }: IndexLocation): string {
  return path;
}

/** Returns the path of another program file that is kept beside the index. Removing the index does not remove it. */
export function besideIndex({ path }: IndexLocation, ending: string): string {
  return `${path}${ending}`;
}
