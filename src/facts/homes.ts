/** Where an index lives. */
export interface Home {
  /** Random; from the file beside the index, which outlives the index. */
  readonly id: string;
  /** For people: a container's host changes. */
  readonly host: string;
  /** The index file. For people. */
  readonly path: string;
}
