import fs from 'node:fs';
import path from 'node:path';

const SRC = path.resolve(import.meta.dirname, '..');
const LAYERS = ['lib', 'components', 'features', 'app'];

type Import = { from: string; to: string; typeOnly: boolean };

/** Every import of ours, by paths from `src`; those of the core stand as `core/…`. */
function imports(): Import[] {
  const files = fs
    .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file));
  return files.flatMap((from) => {
    const text = fs.readFileSync(path.join(SRC, from), 'utf8');
    return [...text.matchAll(/import\s+(type\s+)?(?:[^'"]*?from\s+)?['"]([#.][^'"]+)['"]/g)].map(
      ([, type, target]) => ({
        from,
        to: target!.startsWith('#') ? target!.slice(1) : path.posix.join(path.posix.dirname(from), target!),
        typeOnly: type !== undefined,
      }),
    );
  });
}

const layerOf = (file: string): number => LAYERS.indexOf(file.split('/')[0]!);
const featureOf = (file: string): string | undefined => /^features\/([^/]+)/.exec(file)?.[1];
const shown = ({ from, to }: Import): string => `${from} → ${to}`;
const inside = imports().filter(({ to }) => !to.startsWith('core/'));

test('shared code knows no feature, and features know no page frame', () => {
  expect(inside.filter(({ from, to }) => layerOf(from) >= 0 && layerOf(to) > layerOf(from)).map(shown)).toEqual([]);
});

test('features never import each other', () => {
  const crossing = inside.filter(
    ({ from, to }) => featureOf(from) && featureOf(to) && featureOf(from) !== featureOf(to),
  );
  expect(crossing.map(shown)).toEqual([]);
});

test('of the core only wire schemas are known, and of those only types', () => {
  const core = imports().filter(({ to }) => to.startsWith('core/'));
  expect(core.filter(({ to }) => !to.endsWith('.schema.ts')).map(shown)).toEqual([]);
  // The one value: which moves a ticket may make is decided in one place.
  expect(core.filter(({ typeOnly }) => !typeOnly).map(shown)).toEqual([
    'features/tickets/ticket-drawer.tsx → core/tickets/ticket.schema.ts',
  ]);
});
