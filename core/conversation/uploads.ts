import type { Readable } from 'node:stream';
import { conflict, notFound, tooMany } from '#core/errors.ts';
import type { Attachment } from './content.schema.ts';

/** Keeps the bytes. Its refusals are `Problem`s; a key is a file's only handle. */
export type FileStore = {
  receive(
    stream: AsyncIterable<Uint8Array>,
    about: { maxBytes: number; name: string },
  ): Promise<{ key: string; bytes: number; sha256: string; type: string; name: string }>;
  open(key: string): Promise<{ stream: Readable; bytes: number }>;
  remove(key: string): Promise<void>;
  sweep(olderThan: Date, known: (keys: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number>;
};

/** Who wants a file: the holder of a conversation's token, a signed-in customer, or the desk. */
export type UploadReader = { sessionId: string } | { userId: string } | 'desk';

/** What is known of stored files. */
export type UploadRows = {
  /** The conversation as a place for files, if it is the reader's: how much its customer sent since `since`. */
  place(reader: UploadReader, sessionId: string, since: Date): Promise<{ closed: boolean; bytes: number } | null>;
  insert(upload: {
    sessionId: string;
    by: 'customer' | 'agent';
    file: { key: string; bytes: number; sha256: string; type: string; name: string };
  }): Promise<Attachment>;
  find(reader: UploadReader, id: string): Promise<{ key: string; name: string; type: string } | null>;
  attachment(sessionId: string, id: string): Promise<Attachment | undefined>;
  /** Removes what was uploaded before `until` and is in no message and no ticket, looking at each once. Returns their keys. */
  removeUnused(until: Date): Promise<string[]>;
  known: (keys: readonly string[]) => Promise<ReadonlySet<string>>;
};

/** Files in conversations. */
export type Uploads = {
  /** Takes a file into a conversation. Throws a `Problem`: not his, too large, of no kind that is taken, too many. */
  receive(
    reader: UploadReader,
    upload: { sessionId: string; name: string; stream: AsyncIterable<Uint8Array> },
  ): Promise<Attachment>;
  open(reader: UploadReader, id: string): Promise<{ stream: Readable; bytes: number; name: string; type: string }>;
  /** A file of that conversation as a message carries it; undefined: it has none of that id. */
  attachment: (sessionId: string, id: string) => Promise<Attachment | undefined>;
  /** Removes files that no message ever carried, a day after they came. Returns how many. */
  sweep(): Promise<number>;
};

/** Largest file, in bytes: 20 MiB. */
export const MAX_UPLOAD = 20 * 1024 * 1024;
/** What a customer may send in one conversation within a day. */
const MAX_A_DAY = 50_000_000;
const DAY_MS = 24 * 3_600_000;

export function createUploads(tools: { files: FileStore; rows: UploadRows; now: () => Date }): Uploads {
  const { files, rows } = tools;
  const dayAgo = (): Date => new Date(tools.now().getTime() - DAY_MS);

  return {
    async receive(reader, { sessionId, name, stream }) {
      const by = reader === 'desk' ? 'agent' : 'customer';
      const place = await rows.place(reader, sessionId, dayAgo());
      if (!place) throw notFound('conversation');
      if (place.closed) throw conflict('This conversation has ended: it takes no more files.');
      if (by === 'customer' && place.bytes >= MAX_A_DAY)
        throw tooMany(
          '50 MB a day were sent in this conversation. Describe the rest in words, or come back tomorrow.',
          3_600,
        );
      const file = await files.receive(stream, { maxBytes: MAX_UPLOAD, name });
      try {
        return await rows.insert({ sessionId, by, file });
      } catch (error) {
        await files.remove(file.key);
        throw error;
      }
    },

    async open(reader, id) {
      const found = await rows.find(reader, id);
      if (!found) throw notFound('file');
      const { key, name, type } = found;
      return { ...(await files.open(key)), name, type };
    },

    attachment: (sessionId, id) => rows.attachment(sessionId, id),

    async sweep() {
      const unused = await rows.removeUnused(dayAgo());
      for (const key of unused) await files.remove(key);
      return unused.length + (await files.sweep(dayAgo(), rows.known));
    },
  };
}
