#!/usr/bin/env node
// Starts the given script on Node 24, whichever Node runs this file: `node cli/node24.mjs <script> [arguments]`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const candidates = [
  'node_modules/node/bin/node',
  `node_modules/node/node_modules/${platform}/bin/node`,
  `node_modules/${platform}/bin/node`,
].map((place) => path.join(root, place));

const own = Number(process.versions.node.split('.')[0]) >= WANTED ? process.execPath : undefined;
const node = own ?? candidates.find((place) => fs.existsSync(place));
if (!node) {
  console.error(
    `Frontdesk needs Node ${WANTED}, this is ${process.version}, and the one that npm brings is not set up (were install scripts switched off?). Run: npm rebuild node`,
  );
  process.exit(1);
}

/**
 * V8 takes what memory the machine has before it tidies up: with 60 MB of live data the server grew to 500. So the nursery
 * is bounded, old data are tidied when they have grown by a third, and `gc` is there for the end of the start. Without
 * pretenuring: V8 learns at the start that what is made there lives long, and then puts every turn's garbage among the old.
 */
const MEMORY = [
  '--max-semi-space-size=16',
  '--heap-growing-percent=30',
  '--no-allocation-site-pretenuring',
  '--expose-gc',
];

/** Compiled code is kept for the next start, which is then half a second sooner and needs no TypeScript parser in memory. */
function ourEnvironment() {
  return {
    NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/frontdesk'),
    // glibc gives each thread a heap of its own, where what was freed is no other one's; and keeps what it was given.
    MALLOC_ARENA_MAX: '1',
    MALLOC_MMAP_THRESHOLD_: '65536',
    MALLOC_TRIM_THRESHOLD_: '65536',
    ...process.env,
  };
}

const words = process.argv.slice(2);
// Our command line hears of it when this process is killed: a server that nobody holds any more drains and ends.
const isOurs = words[0] !== undefined && path.resolve(words[0]) === path.join(root, 'cli/frontdesk.ts');
const ours = isOurs ? [...MEMORY, ...words] : words;
const child = spawn(node, ours, {
  env: isOurs ? ourEnvironment() : process.env,
  stdio: ['inherit', 'inherit', 'inherit', ...(isOurs ? ['ipc'] : [])],
});
// Ctrl-C reaches the child by itself (same terminal); only what was sent to this process alone is passed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

/** The parent of a process, where the system tells (Linux). */
function parentOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

// npm, or the shell that it starts us by, killed with -9: we and our server must not stay behind alone.
if (isOurs && process.env.npm_lifecycle_event) {
  const shell = process.ppid;
  const npm = parentOf(shell);
  setInterval(() => {
    if (process.ppid !== shell || parentOf(shell) !== npm) process.exit(1);
  }, 1_000).unref();
}
