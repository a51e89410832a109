import fs from 'node:fs';
import path from 'node:path';
import type { Middleware } from 'koa';

/** Where built pages lie. */
export type PageFolders = { admin: string; demo: string | undefined; widget: string; fonts: string };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.ico': 'image/x-icon',
};

/** Everything of ours stands on the page itself; the chat talks to its own server. */
const CSP =
  "default-src 'self'; img-src 'self' data: blob: https:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'";

/** `/` the demo page, `/admin` the admin UI, `/widget.js` the chat, `/fonts` its web font. */
export function pages(folders: PageFolders): Middleware {
  const find = (url: string): { file: string; fallback?: string; hashed: boolean } | undefined => {
    if (url === '/widget.js') return { file: path.join(folders.widget, 'widget.js'), hashed: false };
    if (url === '/admin' || url.startsWith('/admin/'))
      return {
        file: path.join(folders.admin, url.slice('/admin'.length) || 'index.html'),
        fallback: path.join(folders.admin, 'index.html'),
        hashed: url.startsWith('/admin/assets/'),
      };
    if (url.startsWith('/fonts/')) return { file: path.join(folders.fonts, url.slice('/fonts/'.length)), hashed: true };
    if (!folders.demo) return undefined;
    if (url === '/') return { file: path.join(folders.demo, 'index.html'), hashed: false };
    if (url.startsWith('/demo/')) return { file: path.join(folders.demo, url.slice('/demo/'.length)), hashed: false };
    return undefined;
  };
  const roots = [folders.admin, folders.demo, folders.widget, folders.fonts].filter((root) => root !== undefined);
  const within = (file: string): boolean =>
    roots.some((root) => file === root || file.startsWith(`${root}${path.sep}`));

  return async (ctx, next) => {
    const found = ctx.method === 'GET' || ctx.method === 'HEAD' ? find(decode(ctx.path)) : undefined;
    const file = [found?.file, found?.fallback].find(
      (candidate): candidate is string => candidate !== undefined && within(candidate) && isFile(candidate),
    );
    const type = file && TYPES[path.extname(file)];
    if (!found || !file || !type) {
      await next();
      return;
    }
    if (type.startsWith('text/html')) ctx.set('Content-Security-Policy', CSP);
    // The widget stands on other people's pages.
    if (ctx.path === '/widget.js') ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.set('Cache-Control', found.hashed && file === found.file ? 'public, max-age=31536000, immutable' : 'no-cache');
    const { size, mtime } = fs.statSync(file);
    ctx.lastModified = mtime;
    ctx.etag = `${size.toString(36)}-${mtime.getTime().toString(36)}`;
    ctx.type = type;
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = fs.createReadStream(file);
  };
}

/** A name that no file can have (too long, with a NUL) is one of no file. */
function isFile(file: string): boolean {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

/** A path that cannot be decoded leads nowhere; `..` is resolved by `path.join` and then refused. */
function decode(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return '';
  }
}
