/** @jest-environment node */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildWidget } from './testing/build.ts';

let folder: string;
let script: string;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-widget-'));
  script = fs.readFileSync(await buildWidget(folder), 'utf8');
}, 60_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('the widget with its styles is one script of at most 40 kB, compressed', () => {
  expect(fs.readdirSync(folder)).toEqual(['widget.js']);
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(40_000);
});

test('it brings no validator, asks for nothing else, and writes no markup from texts', () => {
  for (const word of [
    'ZodError',
    'safeParse',
    'innerHTML',
    'outerHTML',
    'insertAdjacentHTML',
    'document.write',
    'eval(',
    '@import',
  ])
    expect([word, script.includes(word)]).toEqual([word, false]);
  expect(script).not.toMatch(/\bimport\s*\(/);
});
