import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Problem } from '#core/errors.ts';
import { createUploadStore, type UploadStore } from './upload-store.ts';

let dir: string;
let store: UploadStore;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'uploads-'));
  store = createUploadStore({ dir, random: randomBytes });
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const bytesOf = (...parts: (string | number[] | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part as Buffer))),
  );
const send = (content: Buffer | string, name = 'file', maxBytes = 1_000_000): Promise<unknown> =>
  store.receive(Readable.from([Buffer.from(content)]), { maxBytes, name });
const left = (): string[] => ['quarantine', 'ready'].flatMap((folder) => fs.readdirSync(path.join(dir, folder)));
async function read(stream: Readable): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

/** A zip with stored entries: enough for a Word or Excel file to be known by. */
function zip(entries: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt32LE(content.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(name.length, 26);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt32LE(content.length, 20);
    record.writeUInt32LE(content.length, 24);
    record.writeUInt16LE(name.length, 28);
    record.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), Buffer.from(content));
    central.push(record, Buffer.from(name));
    offset += 30 + name.length + content.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(locals.length / 3, 8);
  end.writeUInt16LE(locals.length / 3, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const office = (main: string): Buffer =>
  zip({
    '[Content_Types].xml': `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x" ContentType="${main}.main+xml"/></Types>`,
    'word/document.xml': '<x/>',
  });
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const OGG = bytesOf(
  'OggS',
  [0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 19],
  'OpusHead',
  Buffer.alloc(40),
);

test.each<[string, string, Buffer | string, string]>([
  ['a picture', 'photo.png', PNG, 'image/png'],
  ['a photo', 'photo.jpeg', bytesOf([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF', Buffer.alloc(20)), 'image/jpeg'],
  ['a gif', 'cat.gif', bytesOf('GIF89a', Buffer.alloc(20)), 'image/gif'],
  ['a webp', 'cat.webp', bytesOf('RIFF', [20, 0, 0, 0], 'WEBPVP8 ', Buffer.alloc(20)), 'image/webp'],
  ['a pdf', 'bill.pdf', '%PDF-1.7\n%âãÏÓ\n', 'application/pdf'],
  ['a Word file', '合約.docx', office(WORD), WORD],
  ['an Excel file', 'orders.xlsx', office(SHEET), SHEET],
  [
    'music',
    'song.mp3',
    bytesOf('ID3', [4, 0, 0, 0, 0, 0, 0], [0xff, 0xfb, 0x90, 0x64], Buffer.alloc(200)),
    'audio/mpeg',
  ],
  ['a voice message', 'voice.oga', OGG, 'audio/ogg'],
  ['a film', 'film.mp4', bytesOf([0, 0, 0, 24], 'ftypisom', [0, 0, 2, 0], 'isommp42', Buffer.alloc(20)), 'video/mp4'],
  ['a text', 'note.txt', '訂單 SQ-20451\n', 'text/plain'],
  ['a text with a mark of its order', 'note.txt', '\ufeff訂單', 'text/plain'],
  ['a table', 'orders.CSV', '編號,價格\nSQ-20451,1290\n', 'text/csv'],
])('%s is taken, and known by its content', async (_, name, content, type) => {
  expect(await send(content, name)).toEqual({
    key: expect.stringMatching(/^[0-9a-f]{32}$/),
    bytes: Buffer.from(content).length,
    sha256: createHash('sha256').update(content).digest('hex'),
    type,
    name,
  });
});

test.each<[string, string, Buffer | string]>([
  ['a drawing with scripts', 'a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['a drawing called a picture', 'a.png', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['a page', 'a.html', '<!DOCTYPE html><title>x</title>'],
  ['a page called a text', 'a.txt', '\n  <html><body>x</body></html>'],
  ['a page behind a comment', 'a.txt', '<!-- x -->\n<script>alert(1)</script>'],
  ['a page behind a line of text', 'a.txt', 'hello\n<script>alert(1)</script>'],
  ['a program for Windows', 'a.txt', bytesOf('MZ', [0x90, 0, 3, 0, 0, 0], Buffer.alloc(60))],
  ['a program for Linux', 'a.pdf', bytesOf([0x7f], 'ELF', [2, 1, 1, 0], Buffer.alloc(60))],
  ['a zip', 'a.docx', zip({ 'a.txt': 'hello' })],
  ['a text in Big5', 'a.txt', bytesOf([0xad, 0x71, 0xb3, 0xe6])],
  ['bytes of no kind', 'a.txt', Buffer.from([1, 2, 3, 0, 255])],
  ['a text with a bell in it', 'a.txt', 'ding\u0007'],
  ['a text cut within a character', 'a.txt', Buffer.from('訂單').subarray(0, 5)],
])('%s is refused, and leaves nothing', async (_, name, content) => {
  await expect(send(content, name)).rejects.toMatchObject({
    name: 'Problem',
    kind: 'unsupported',
    message: expect.stringContaining('Send PNG, JPEG'),
  });
  expect(left()).toEqual([]);
});

test.each([
  ['../../etc/passwd', 'passwd.png'],
  ['C:\\bills\\may.png', 'may.png'],
  ['bill.exe', 'bill.exe.png'],
  ['bill\u202egnp.exe', 'billgnp.exe.png'],
  ['a\r\nSet-Cookie: x.png', 'aSet-Cookie x.png'],
  ['', 'file.png'],
  ['...', 'file.png'],
  ['PHOTO.PNG', 'PHOTO.PNG'],
  [`${'長'.repeat(300)}.png`, `${'長'.repeat(116)}.png`],
])('the name %j becomes %j', async (name, safe) => {
  expect(await send(PNG, name)).toMatchObject({ name: safe });
});

describe('a file that is taken', () => {
  test('can be read as often as needed, and by nobody else on the machine', async () => {
    const { key } = (await send('hello')) as { key: string };
    for (let time = 0; time < 2; time++) {
      const { stream, bytes } = await store.open(key);
      expect([await read(stream), bytes]).toEqual(['hello', 5]);
    }
    expect(fs.statSync(path.join(dir, 'ready', key)).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.join(dir, 'ready')).mode & 0o777).toBe(0o700);
  });

  test('is the same file in a store opened later', async () => {
    const { key } = (await send('hello')) as { key: string };
    const { stream } = await createUploadStore({ dir, random: randomBytes }).open(key);
    expect(await read(stream)).toBe('hello');
  });

  test('is gone once it is removed, and may be removed again', async () => {
    const { key } = (await send('hello')) as { key: string };
    await store.remove(key);
    await store.remove(key);
    await expect(store.open(key)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('arrives in pieces, however they are cut', async () => {
    const content = Buffer.from('訂單 SQ-20451');
    const pieces = Array.from(content, (byte) => Buffer.from([byte]));
    const { key, bytes } = await store.receive(Readable.from(pieces), { maxBytes: 100, name: 'a.txt' });
    expect(bytes).toBe(content.length);
    expect(await read((await store.open(key)).stream)).toBe('訂單 SQ-20451');
  });
});

test.each([
  '../secret',
  '..%2fsecret',
  '/etc/passwd',
  '',
  '.',
  'x'.repeat(32),
  `${'0'.repeat(32)}/../secret`,
  `${'0'.repeat(32)}\n`,
])('the key %j leads nowhere', async (key) => {
  fs.writeFileSync(path.join(dir, 'secret'), 'secret');
  await expect(store.open(key)).rejects.toMatchObject({ kind: 'not-found' });
  await store.remove(key);
  expect(fs.existsSync(path.join(dir, 'secret'))).toBe(true);
});

describe('a file that cannot be taken', () => {
  test('because it is damaged is refused or taken as what it is, and never a fault of ours', async () => {
    for (const whole of [PNG, OGG, office(WORD), bytesOf('ID3', [4, 0, 0, 0, 0, 15, 127]), bytesOf('%PDF-1.7')])
      for (let length = 1; length < whole.length; length += 7) {
        const fault = await send(whole.subarray(0, length)).catch((error: unknown) => error);
        expect(fault).toMatchObject(fault instanceof Problem ? { kind: 'unsupported' } : { bytes: length });
      }
  });

  test('for its size is read no further than the limit, and the sender can still be answered', async () => {
    let sent = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          sent += 1_000;
          yield Buffer.alloc(1_000, 'x');
        }
      })(),
      { highWaterMark: 1 },
    );
    await expect(store.receive(endless, { maxBytes: 10_000, name: 'a.txt' })).rejects.toMatchObject({
      kind: 'too-large',
      message: 'The file is larger than 10000 bytes.',
    });
    expect(sent).toBeLessThan(20_000);
    expect(endless.destroyed).toBe(false);
    endless.destroy();
    expect(left()).toEqual([]);
  });

  test('has a limit that people can read', async () => {
    const tooMuch = Readable.from([Buffer.alloc(2_097_153)]);
    await expect(store.receive(tooMuch, { maxBytes: 2_097_152, name: 'a' })).rejects.toThrow('larger than 2 MiB');
  });

  test('for being empty says so', async () => {
    await expect(send('')).rejects.toMatchObject({ kind: 'invalid', message: 'The file is empty.' });
    expect(left()).toEqual([]);
  });

  test('for breaking off leaves nothing', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      })(),
    );
    await expect(store.receive(broken, { maxBytes: 100, name: 'a.txt' })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('broke off'),
    });
    expect(left()).toEqual([]);
  });

  test.each(['ENOSPC', 'EDQUOT', 'EROFS'])(
    'for want of room (%s) leaves nothing, and the chat goes on',
    async (code) => {
      const full = createUploadStore({
        dir,
        random: randomBytes,
        openFile: async (...parts) => {
          const file = await fsp.open(...parts);
          file.writeFile = () => Promise.reject(Object.assign(new Error('no space left on device'), { code }));
          return file;
        },
      });
      const upload = full.receive(Readable.from([PNG]), { maxBytes: 1_000, name: 'a.png' });
      await expect(upload).rejects.toMatchObject({
        kind: 'unavailable',
        retryAfter: 60,
        message: expect.stringContaining('The chat goes on'),
      });
      expect(left()).toEqual([]);
    },
  );

  test('for a fault of ours says so as it is', async () => {
    fs.rmSync(path.join(dir, 'quarantine'), { recursive: true });
    await expect(send('hello')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** A file that lies in the store's folder since then. */
const place = (folder: string, key: string, at: Date): void => {
  const file = path.join(dir, folder, key);
  fs.writeFileSync(file, 'x');
  fs.utimesSync(file, at, at);
};
const key = (sign: string): string => sign.repeat(32);

describe('sweeping', () => {
  const old = new Date('2026-10-01T00:00:00Z');

  test('removes what never arrived whole, and nothing that may still be arriving', async () => {
    place('quarantine', key('a'), old);
    place('quarantine', key('b'), new Date('2026-10-02T00:00:00Z'));
    place('ready', key('c'), old);
    expect(await store.sweep(new Date('2026-10-02T00:00:00Z'))).toBe(1);
    expect(left()).toEqual([key('b'), key('c')]);
  });

  test('removes files that no record mentions', async () => {
    for (const sign of ['a', 'b', 'c']) place('ready', key(sign), old);
    place('ready', key('d'), new Date('2026-10-09T00:00:00Z'));
    const asked: string[] = [];
    const known = async (keys: readonly string[]): Promise<ReadonlySet<string>> => {
      asked.push(...keys);
      return new Set([key('b')]);
    };
    expect(await store.sweep(new Date('2026-10-02T00:00:00Z'), known)).toBe(2);
    expect(left()).toEqual([key('b'), key('d')]);
    expect(asked.sort()).toEqual([key('a'), key('b'), key('c')]);
  });

  test('asks for no more than 500 at once', async () => {
    for (let index = 0; index < 501; index++) place('ready', index.toString(16).padStart(32, '0'), old);
    const sizes: number[] = [];
    const known = async (keys: readonly string[]): Promise<ReadonlySet<string>> => {
      sizes.push(keys.length);
      return new Set(keys);
    };
    expect(await store.sweep(new Date('2026-10-02T00:00:00Z'), known)).toBe(0);
    expect(sizes).toEqual([500, 1]);
  });

  test('leaves alone what is none of its files', async () => {
    place('ready', '.gitkeep', old);
    expect(await store.sweep(new Date(), async () => new Set())).toBe(0);
    expect(left()).toEqual(['.gitkeep']);
  });
});
