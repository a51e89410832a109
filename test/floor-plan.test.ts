import fs from 'node:fs';
import path from 'node:path';

/**
 * Each room, from the ground up, and the rooms it may import. Whatever is not written here is forbidden; type-only
 * imports count. A room is a folder, or a file that stands alone.
 */
const ROOMS: Record<string, readonly string[]> = {
  'core/errors.ts': [],
  'core/setting-readers.ts': [],
  'core/configuration.ts': ['core/errors.ts', 'core/setting-readers.ts'],
  'core/privacy': ['core/errors.ts'],
  'core/access': ['core/errors.ts', 'core/privacy'],
  'core/conversation': ['core/errors.ts', 'core/privacy', 'core/access'],
  'core/understanding': ['core/errors.ts', 'core/conversation'],
  'core/knowledge': ['core/errors.ts', 'core/privacy', 'core/conversation', 'core/understanding'],
  'core/tickets': ['core/errors.ts', 'core/privacy', 'core/conversation', 'core/access'],
  'core/dialogue': ['core/errors.ts', 'core/conversation', 'core/understanding', 'core/knowledge', 'core/tickets'],
  'core/channel': ['core/errors.ts', 'core/privacy', 'core/conversation', 'core/dialogue'],
  'core/desk': ['core/errors.ts', 'core/privacy', 'core/access', 'core/conversation', 'core/tickets', 'core/channel'],

  flows: ['core/dialogue', 'core/conversation', 'core/understanding', 'core/knowledge', 'core/errors.ts'],

  'adapters/demo-shop': [],
  'adapters/bullmq': ['core/channel', 'core/conversation', 'core/errors.ts'],
  'adapters/fetch': ['core/privacy', 'core/errors.ts'],
  'adapters/files': ['core/privacy', 'core/conversation', 'core/errors.ts'],
  'adapters/http': ['core/*'],
  'adapters/ollama': ['core/understanding', 'core/conversation', 'core/errors.ts'],
  'adapters/postgres': ['core/*'],
  'adapters/redis': ['core/channel', 'core/conversation', 'core/desk', 'core/errors.ts'],
  'adapters/web': ['core/*'],

  composition: ['core/*', 'adapters/*', 'flows'],
  'main.ts': ['composition', 'core/*', 'adapters/*', 'flows'],
  migrations: [],
  cli: ['main.ts', 'core/*', 'adapters/*', 'flows'],
  'admin-ui': ['core/**/*.schema.ts'],
};

const root = path.resolve(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.frontdesk', '.git', 'test', 'bench', 'docs', 'deploy']);
const ROOM_NAMES = Object.keys(ROOMS).sort((a, b) => b.length - a.length);

function* sources(folder: string): Generator<string> {
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const place = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* sources(place);
    } else if (/\.(ts|tsx|mts|mjs)$/.test(entry.name) && !/\.(test|config)\.[a-z]+$/.test(entry.name)) yield place;
  }
}

/** Our own files that `file` imports, as paths from the root; packages and Node's own modules are left out. */
function imports(file: string): string[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const found = text.matchAll(
    /(?:^|[\s;}])(?:import|export)\s*(?:[^'"()]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm,
  );
  return [...found].flatMap((match) => {
    const target = (match[1] ?? match[2])!;
    if (target.startsWith('#')) return [target.slice(1)];
    if (target.startsWith('.')) return [path.posix.join(path.posix.dirname(file), target)];
    return [];
  });
}

const roomOf = (file: string): string | undefined =>
  ROOM_NAMES.find((room) => file === room || file.startsWith(`${room}/`));

function allows(entry: string, target: string, room: string): boolean {
  if (entry.endsWith('.schema.ts')) return target.startsWith('core/') && target.endsWith('.schema.ts');
  if (entry.endsWith('/*')) return target.startsWith(entry.slice(0, -1));
  return entry === room;
}

const files = [...sources('.')].map((file) => path.posix.normalize(file));

test('every source file stands in a room of the floor plan', () => {
  expect(files.filter((file) => !roomOf(file))).toEqual([]);
});

test('imports run downhill: no room imports one that its line does not name', () => {
  const climbing = files.flatMap((file) => {
    const from = roomOf(file);
    return imports(file).flatMap((target) => {
      const to = roomOf(target);
      if (!from || from === to) return [];
      const fine = to !== undefined && ROOMS[from]!.some((entry) => allows(entry, target, to));
      return fine ? [] : [`${file} → ${target}`];
    });
  });
  expect(climbing).toEqual([]);
});

test('no file imports itself by a detour, types included', () => {
  const graph = new Map(files.map((file) => [file, imports(file).filter((target) => files.includes(target))]));
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, road: string[]): void => {
    if (road.includes(file)) {
      circles.push([...road.slice(road.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) walk(target, [...road, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

test('the plan itself has no circle among its rooms', () => {
  const order = Object.keys(ROOMS).filter((room) => room.startsWith('core/'));
  for (const room of order)
    for (const below of ROOMS[room]!) expect(order.indexOf(below)).toBeLessThan(order.indexOf(room));
});
