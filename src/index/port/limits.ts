/** How much an index can hold. */
export interface IndexLimits {
  /** The number of fields of all objects together. */
  readonly fields: number;
}
