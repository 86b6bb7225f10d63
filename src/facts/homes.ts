/** Where an index is. */
export interface Home {
  /** Random. It is from the file beside the index, which outlives the index. */
  readonly id: string;
  /** For people. A container's host name changes. */
  readonly host: string;
  /** The index file. For people. */
  readonly path: string;
}
