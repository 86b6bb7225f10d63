// `npm run chaos` and `npm run bench`: a build where there is none, or an old one, then the tool in this process. The first
// argument is its name, the others are its own.
import { buildToolsIfStale, prepare } from './prepare.mjs';

const [tool] = process.argv.splice(2, 1);
prepare();
buildToolsIfStale();
await import(`../tools/dist/tools/${tool}/main.js`);
