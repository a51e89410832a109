import { createHash } from 'node:crypto';
import fs from 'node:fs';
import fsp, { type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { invalid, notFound, Problem, unavailable } from '#core/errors.ts';
import type { Random } from '#core/privacy/random.ts';
import { createTextProbe, fileKind, safeName, TAKEN } from './file-kind.ts';

/** A file that was taken in. `type` comes from its content; `name` is safe to show; `sha256` is in hex. */
export type Upload = { key: string; bytes: number; sha256: string; type: string; name: string };

/** Keeps what people send, in a folder of this machine. A key is the file's only handle; it says nothing about the file. */
export type UploadStore = {
  /**
   * Takes a file in. It is on the disk when this resolves, and leaves nothing when it throws a `Problem`: `too-large`,
   * `unsupported`, `invalid` (empty, or broken off), `unavailable` (no room). The stream is read no further then, and
   * left open, so that the sender can still be answered.
   */
  receive(stream: AsyncIterable<Uint8Array>, about: { maxBytes: number; name: string }): Promise<Upload>;
  /** The file's content. Throws a `Problem` (not-found). */
  open(key: string): Promise<{ stream: Readable; bytes: number }>;
  /** Removes the file; one that is gone already is fine. */
  remove(key: string): Promise<void>;
  /**
   * Removes what was left behind before `olderThan`: files that never arrived whole and, where `known` tells which of
   * up to 500 keys are on record, files that no record mentions. Resolves to how many it removed.
   */
  sweep(olderThan: Date, known?: (keys: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number>;
};

const KEY_BYTES = 16;
const KEY = /^[0-9a-f]{32}$/;
const KEYS_AT_ONCE = 500;
// No space, no quota, a disk that failed or went read-only: waiting may help, sending the file again now does not.
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/** A store in `dir`, which is made if need be. `openFile` is `open` of `node:fs/promises`, or a failing one in a test. */
export function createUploadStore(tools: {
  dir: string;
  random: Random;
  openFile?: (file: string, flags: string, mode: number) => Promise<FileHandle>;
}): UploadStore {
  const { dir, random, openFile = fsp.open } = tools;
  const quarantine = path.join(dir, 'quarantine');
  const ready = path.join(dir, 'ready');
  for (const folder of [quarantine, ready]) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });

  return {
    async receive(stream, { maxBytes, name }) {
      const key = random(KEY_BYTES).toString('hex');
      const aside = path.join(quarantine, key);
      try {
        const written = await writeWhole(stream, maxBytes, () => openFile(aside, 'wx', 0o600));
        const kind = await fileKind(aside, written.text, safeName(name));
        if (!kind) throw new Problem('unsupported', `This kind of file is not taken. Send ${TAKEN}.`);
        await fsp.rename(aside, path.join(ready, key));
        await syncFolder(ready);
        return { key, bytes: written.bytes, sha256: written.sha256, ...kind };
      } catch (error) {
        await fsp.rm(aside, { force: true });
        throw noRoomOr(error);
      }
    },

    async open(key) {
      try {
        if (!KEY.test(key)) throw notFound('file');
        const file = await fsp.open(path.join(ready, key), 'r');
        const { size } = await file.stat();
        return { stream: file.createReadStream(), bytes: size };
      } catch (error) {
        throw codeOf(error) === 'ENOENT' ? notFound('file') : error;
      }
    },

    async remove(key) {
      if (KEY.test(key)) await fsp.rm(path.join(ready, key), { force: true });
    },

    async sweep(olderThan, known) {
      let removed = 0;
      for await (const keys of oldKeys(quarantine, olderThan)) removed += await removeAll(quarantine, keys);
      if (!known) return removed;
      for await (const keys of oldKeys(ready, olderThan)) {
        const kept = await known(keys);
        removed += await removeAll(
          ready,
          keys.filter((key) => !kept.has(key)),
        );
      }
      return removed;
    },
  };
}

async function writeWhole(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  open: () => Promise<FileHandle>,
): Promise<{ bytes: number; sha256: string; text: boolean }> {
  const hash = createHash('sha256');
  const probe = createTextProbe();
  let bytes = 0;
  const file = await open();
  try {
    for await (const chunk of arriving(stream)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Problem('too-large', `The file is larger than ${readable(maxBytes)}.`);
      hash.update(chunk);
      probe.add(chunk);
      await file.writeFile(chunk);
    }
    if (bytes === 0) throw invalid('The file is empty.');
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex'), text: probe.isText() };
}

/** The chunks, a fault of the sender's connection told from one of our disk. */
async function* arriving(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Leaving the loop early would otherwise destroy a request, and with it the connection the answer goes out on.
  const chunks =
    stream instanceof Readable ? stream.iterator({ destroyOnReturn: false }) : stream[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await chunks.next();
    } catch {
      throw invalid('The file did not arrive whole: the connection broke off. Send it again.');
    }
    if (next.done) return;
    yield next.value;
  }
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await fsp.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* oldKeys(folder: string, olderThan: Date): AsyncGenerator<string[]> {
  let keys: string[] = [];
  for await (const entry of await fsp.opendir(folder)) {
    if (!KEY.test(entry.name)) continue;
    const stat = await fsp.stat(path.join(folder, entry.name)).catch(() => null);
    if (!stat || stat.mtime >= olderThan) continue;
    keys.push(entry.name);
    if (keys.length < KEYS_AT_ONCE) continue;
    yield keys;
    keys = [];
  }
  if (keys.length > 0) yield keys;
}

async function removeAll(folder: string, keys: readonly string[]): Promise<number> {
  for (const key of keys) await fsp.rm(path.join(folder, key), { force: true });
  return keys.length;
}

function noRoomOr(error: unknown): unknown {
  if (!NO_ROOM.has(codeOf(error) ?? '')) return error;
  return unavailable('Files cannot be taken at this moment. The chat goes on: send the message without the file.', 60);
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

function readable(bytes: number): string {
  return bytes >= 1_048_576 ? `${Math.floor(bytes / 1_048_576)} MiB` : `${bytes} bytes`;
}
