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

/** Returns the path of another file of the program, beside the index. `removeIndex` leaves it there. */
export function besideIndex({ path }: IndexLocation, ending: string): string {
  return `${path}${ending}`;
}
