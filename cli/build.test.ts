import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildPages } from './build.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-build-'));
const pages = [
  { name: 'page', config: 'page/vite.config.ts', sources: ['page'] },
  { name: 'missing page', config: 'missing/vite.config.ts', sources: ['missing'] },
];
const put = (place: string, text: string): void => {
  fs.mkdirSync(path.join(root, path.dirname(place)), { recursive: true });
  fs.writeFileSync(path.join(root, place), text);
};
const textOf = (name: string): string => fs.readFileSync(path.join(root, 'page/dist/assets', name), 'utf8');
const build = async (): Promise<string[]> => {
  const steps: string[] = [];
  await buildPages({ onProgress: (step) => steps.push(step), root, pages });
  return steps;
};

beforeAll(() => {
  fs.symlinkSync(path.resolve(import.meta.dirname, '../node_modules'), path.join(root, 'node_modules'));
  put('page/vite.config.ts', `export default { root: import.meta.dirname }`);
  put('page/index.html', `<script type="module" src="./main.ts"></script>`);
  put('page/main.ts', `document.title = '您好' as string; document.body.dataset.built = process.env.NODE_ENV;`);
});

afterAll(() => {
  fs.rmSync(root, { recursive: true });
});

test('pages are built when they are not, and again only when what they come from changed', async () => {
  expect(await build()).toEqual(['Building the page']);
  expect(fs.existsSync(path.join(root, 'page/dist/index.html'))).toBe(true);
  expect(fs.readdirSync(path.join(root, 'page/dist/assets')).map(textOf).join()).toContain('production');
  expect(await build()).toEqual([]);

  put('page/main.test.ts', 'a test changes no page');
  fs.utimesSync(path.join(root, 'page/main.ts'), new Date(), new Date());
  expect(await build()).toEqual([]);

  put('page/main.ts', `document.title = 'changed';`);
  expect(await build()).toEqual(['Building the page']);
});

test('a page that cannot be built says why, and is tried again', async () => {
  put('page/main.ts', `import './nowhere.ts';`);
  await expect(build()).rejects.toThrow(/The page cannot be built:[^]*nowhere/);
  await expect(build()).rejects.toThrow('The page cannot be built');
});

test('without Vite the cure is named', async () => {
  fs.unlinkSync(path.join(root, 'node_modules'));
  await expect(build()).rejects.toThrow('run npm ci (without --omit=dev)');
});
