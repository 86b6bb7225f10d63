// `npm start`: from a fresh clone to a running demo. Passes its arguments to the demo.
import { prepare, root } from './prepare.mjs';

prepare();
process.chdir(root);
const { run } = await import('../dist/src/cli/main.js');
await run(['demo', ...process.argv.slice(2)]);
