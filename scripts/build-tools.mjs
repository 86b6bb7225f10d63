// Compiles chaos and the benches to tools/dist/, which nothing ships. Run by prepare.mjs when a source is newer.
import { compile, stamp } from './compile.mjs';

const begun = new Date();
compile('tools/tsconfig.json', 'tools/dist');
stamp('tools/dist/.built', begun);
