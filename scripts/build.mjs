// Compiles the sandbox to packages/sandbox/dist/, the search page to dist/page/ and the rest to dist/, and bundles the
// workflows, so that a worker starts fast. prepare.mjs runs this if a source is newer.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { BUNDLE, compile, stamp } from './compile.mjs';
import { requireSources, root } from './prepare.mjs';

requireSources();
const begun = new Date();
// The sandbox first: the rest takes its types from there.
compile('packages/sandbox/tsconfig.json', 'packages/sandbox/dist');
compile('tsconfig.build.json', 'dist');
const { code } = await bundleWorkflowCode({
  workflowsPath: join(root, 'dist', 'workflows', 'index.js'),
  payloadConverterPath: join(root, 'dist', 'workflows', 'payload-converter.js'),
  logger: new DefaultLogger('WARN'),
});
writeFileSync(join(root, 'dist', BUNDLE), code);
// After the rest, whose compiler removes what it did not write.
compile('page/tsconfig.json', 'dist/page');
for (const name of ['index.html', 'style.css'])
  copyFileSync(join(root, 'page', name), join(root, 'dist', 'page', name));
stamp('dist/.built', begun);
