import * as errors from '../port/errors.ts';

/** The classes of the index's own errors, which threads throw too. */
export const INDEX_ERRORS = Object.values(errors).filter((each) => typeof each === 'function');
