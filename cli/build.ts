import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { unavailable } from '#core/errors.ts';

/** One set of pages: `config` is its Vite configuration, beside which it is built into `dist/`. */
export type Pages = { name: string; config: string; sources: readonly string[] };

const ROOT = path.resolve(import.meta.dirname, '..');
/** Wire schemas are the only files outside their own folder that pages import. */
const PAGES: readonly Pages[] = [
  { name: 'admin UI', config: 'admin-ui/vite.config.ts', sources: ['admin-ui', 'core'] },
  { name: 'chat widget', config: 'adapters/web/widget/vite.config.ts', sources: ['adapters/web/widget'] },
];
const STAMP = '.sources';
const SKIPPED = new Set(['dist', 'node_modules', 'dev', 'testing', 'coverage']);

/**
 * Builds the pages whose sources changed since they were built (by content, so that copying files changes nothing). It
 * works in processes of its own: Vite takes some 400 MB, which the server would keep.
 */
export async function buildPages(options: {
  onProgress: (step: string) => void;
  root?: string;
  pages?: readonly Pages[];
}): Promise<void> {
  const { onProgress, root = ROOT, pages = PAGES } = options;
  for (const { name, config, sources } of pages) {
    const file = path.join(root, config);
    if (!fs.existsSync(file)) continue;
    const dist = path.join(path.dirname(file), 'dist');
    const wanted = hashOf(root, [...sources, 'package-lock.json']);
    if (readStamp(dist) === wanted) continue;
    onProgress(`Building the ${name}`);
    await runVite(root, file, name);
    fs.writeFileSync(path.join(dist, STAMP), wanted);
  }
}

function readStamp(dist: string): string | undefined {
  try {
    return fs.readFileSync(path.join(dist, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

async function runVite(root: string, config: string, name: string): Promise<void> {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  if (!fs.existsSync(vite))
    throw unavailable(
      `The ${name} is not built, and Vite is not installed: run npm ci (without --omit=dev), then npm run build.`,
    );
  const words = [vite, 'build', '--config', config, '--logLevel', 'error', path.dirname(config)];
  try {
    await promisify(execFile)(process.execPath, words, {
      cwd: root,
      // Whoever builds them, a test run too, the pages are those that people use.
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
      maxBuffer: 16 * 1024 * 1024,
    });
  } catch (fault) {
    const { stdout, stderr } = fault as { stdout?: string; stderr?: string };
    throw unavailable(`The ${name} cannot be built:\n${withoutStack(stderr || stdout || String(fault))}`);
  }
}

const withoutStack = (words: string): string =>
  stripVTControlCharacters(words)
    .split('\n')
    .filter((line) => !/^ {4}at |\[Getter\/Setter\]|^[{}]$/.test(line))
    .join('\n')
    .trim();

/** A hash of what lies in the given places of `root`; tests and built files do not count, and of `core` the wire schemas alone. */
function hashOf(root: string, places: readonly string[]): string {
  const hash = createHash('sha256');
  for (const place of places)
    for (const file of filesIn(path.join(root, place)))
      if (place !== 'core' || file.endsWith('.schema.ts'))
        hash.update(path.relative(root, file)).update('\0').update(fs.readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesIn(place: string): string[] {
  if (!fs.existsSync(place)) return [];
  if (fs.statSync(place).isFile()) return /\.test\.tsx?$/.test(place) ? [] : [place];
  const names = fs.readdirSync(place).filter((name) => !SKIPPED.has(name));
  return names.sort().flatMap((name) => filesIn(path.join(place, name)));
}

if (import.meta.main) await buildPages({ onProgress: (step) => process.stdout.write(`  ${step} …\n`) });
