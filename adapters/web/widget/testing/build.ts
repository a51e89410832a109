import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** Builds the widget into a folder of the test's own and returns the script's path; the one that is served stays as it is. */
export async function buildWidget(folder: string): Promise<string> {
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
  const config = path.join(ROOT, 'adapters/web/widget/vite.config.ts');
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', config, '--outDir', folder], { cwd: ROOT });
  return path.join(folder, 'widget.js');
}
