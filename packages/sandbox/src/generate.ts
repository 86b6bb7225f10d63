import { programOf } from './program.ts';

export { GenerateError } from './generate/errors.ts';
export { type GenerateOptions, generateOrg } from './generate/generate-org.ts';

/**
 * Arguments of node that write an org folder in a separate process;
 * `<folder> --accounts N --seed S [--person-accounts P]` follow them.
 */
export const generateProgram = programOf('generate');
