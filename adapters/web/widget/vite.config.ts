import path from 'node:path';
import { defineConfig } from 'vite';

/** One script that a page embeds with one tag: `dist/widget.js`, its styles inside it. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: path.join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    lib: {
      entry: path.join(import.meta.dirname, 'main.ts'),
      name: 'FrontdeskWidget',
      formats: ['iife'],
      fileName: () => 'widget.js',
    },
  },
});
