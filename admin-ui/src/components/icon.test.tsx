import fs from 'node:fs';
import path from 'node:path';
import { cleanup, render } from '@testing-library/react';
import { ICONS } from './icon-shapes.ts';
import { Icon } from './icon.tsx';

const FOLDER = path.resolve(import.meta.dirname, '../../../node_modules/bootstrap-icons/icons');

afterEach(cleanup);

test.each(Object.entries(ICONS))('%s is drawn as Bootstrap Icons draw it', (name, shapes) => {
  const svg = fs.readFileSync(path.join(FOLDER, `${name}.svg`), 'utf8');
  const drawn = [...svg.matchAll(/<path([^>]*)\/>/g)].map(([, attributes]) => ({
    d: / d="([^"]+)"/.exec(attributes!)?.[1],
    ...(attributes!.includes('evenodd') ? { evenOdd: true } : {}),
  }));
  expect(shapes).toEqual(drawn);
  expect(/<(circle|rect|polygon|ellipse)/.test(svg)).toBe(false);
});

test('an icon says nothing to a screen reader: the words beside it do', () => {
  const { container } = render(<Icon name="send" />);
  expect(container.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
});
