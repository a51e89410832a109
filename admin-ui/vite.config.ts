import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const SERVER = process.env.FRONTDESK_URL ?? 'http://localhost:3000';
const root = import.meta.dirname;

/** The admin UI under `/admin/`; while it is being developed, everything else is asked of the server at `FRONTDESK_URL`. */
export default defineConfig({
  root,
  base: '/admin/',
  logLevel: 'warn',
  plugins: [react()],
  resolve: { alias: { '#core': path.join(root, '../core') } },
  build: {
    outDir: path.join(root, 'dist'),
    emptyOutDir: true,
    target: 'es2023',
    // Noto Sans TC is cut into a hundred files by character; a browser fetches those that the page needs.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      '^/(auth|chat|handoffs|tickets|knowledge|uploads)': SERVER,
      '/ws': { target: SERVER, ws: true },
    },
  },
});
