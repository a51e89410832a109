import fs from 'node:fs';
import net from 'node:net';
import { Problem } from '#core/errors.ts';
import type { Places } from './places.ts';

const ANSWER_MS = 1_000;

/**
 * Says to other processes that this one owns the database: a socket that answers with our process number, and that the
 * kernel closes with us however we end. Throws a `Problem` when another process answers there. Two that start in the same
 * instant may both pass; PostgreSQL's own lock then refuses one of them.
 */
export async function claimOwnership(places: Places): Promise<{ release: () => Promise<void> }> {
  const other = await findOwner(places);
  if (other)
    throw new Problem(
      'conflict',
      `Frontdesk already runs on ${places.folder} (process ${other.pid}): stop that one, or set FRONTDESK_DATA to another folder.`,
    );
  fs.rmSync(places.owner, { force: true });
  const server = net.createServer((caller) => {
    caller.on('error', () => caller.destroy());
    caller.end(`${process.pid}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(places.owner, resolve);
  });
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** The living process that owns the database (`pid` is "unknown" while it is frozen), or none. */
export function findOwner(places: Places): Promise<{ pid: string } | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const line = net.connect(places.owner);
    line.setTimeout(ANSWER_MS, () => {
      resolve({ pid: 'unknown' });
      line.destroy();
    });
    line.on('data', (piece) => {
      answer += piece.toString();
    });
    line.on('end', () => resolve({ pid: answer.trim() || 'unknown' }));
    line.on('error', () => resolve(undefined));
  });
}
