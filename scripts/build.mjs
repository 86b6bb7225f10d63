// Compiles to dist/ and bundles the workflows, so that a worker starts at once. Run by prepare.mjs when a source is newer.
import { execFileSync } from 'node:child_process';
import { utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace(/package\.json$/, 'bin/tsc');
const begun = new Date();
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
} catch {
  // The compiler has said what is wrong.
  process.exit(1);
}
const { code } = await bundleWorkflowCode({
  workflowsPath: join(root, 'dist', 'workflows', 'index.js'),
  payloadConverterPath: join(root, 'dist', 'workflows', 'payload-converter.js'),
  logger: new DefaultLogger('WARN'),
});
writeFileSync(join(root, 'dist', 'workflow-bundle.js'), code);

// Dated by the build's begin: a source saved meanwhile is newer.
const stamp = join(root, 'dist', '.built');
writeFileSync(stamp, '');
utimesSync(stamp, begun, begun);
