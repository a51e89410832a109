import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openKeyRingFolder } from './key-ring-folder.ts';
import { createKeyRing, MissingKey, parseKeyRing } from './key-ring.ts';

const entry = (kid: string): string => `${kid}:${randomBytes(32).toString('base64')}`;
const dataKey = randomBytes(32);

describe('a key ring', () => {
  test('unwraps what it wrapped', () => {
    const ring = parseKeyRing(entry('k1'));
    expect(ring.unwrap(ring.wrap(dataKey, randomBytes))).toEqual(dataKey);
  });

  test('wraps under the first key and unwraps under every one', () => {
    const [old, young] = [entry('old'), entry('young')];
    const wrapped = parseKeyRing(old).wrap(dataKey, randomBytes);
    const both = parseKeyRing(`${young},${old}`);
    expect(both.current).toBe('young');
    expect(both.unwrap(wrapped)).toEqual(dataKey);
    expect(both.wrap(dataKey, randomBytes).includes('young')).toBe(true);
  });

  test('says which key is missing and where to put it', () => {
    const wrapped = parseKeyRing(entry('lost')).wrap(dataKey, randomBytes);
    const ring = parseKeyRing(`${entry('a')}\n${entry('b')}`);
    expect(() => ring.unwrap(wrapped)).toThrow(MissingKey);
    expect(() => ring.unwrap(wrapped)).toThrow(/key "lost" is missing.*FRONTDESK_KEYS.*"lost:<32 bytes.*Present: a, b/);
  });

  test('refuses a wrapped key that was changed at any byte', () => {
    const ring = parseKeyRing(entry('k1'));
    const wrapped = ring.wrap(dataKey, randomBytes);
    for (let at = 0; at < wrapped.length; at++) {
      const changed = Buffer.from(wrapped);
      changed[at]! ^= 1;
      expect(() => ring.unwrap(changed)).toThrow();
    }
    expect(() => ring.unwrap(wrapped.subarray(1))).toThrow(/no wrapped data key/);
    expect(() => ring.unwrap(Buffer.alloc(0))).toThrow(/no wrapped data key/);
  });

  test('refuses a wrapped key whose kid names another key of the same id', () => {
    const wrapped = parseKeyRing(entry('k1')).wrap(dataKey, randomBytes);
    expect(() => parseKeyRing(entry('k1')).unwrap(wrapped)).toThrow(/not the one that wrapped it/);
  });

  test.each([
    ['', /holds no key.*openssl/],
    ['nonsense', /not of the form kid:base64/],
    ['k 1:AAAA', /key id in FRONTDESK_KEYS/],
    ['k1:AAAA', /"k1".*has 3 bytes instead of 32.*openssl rand -base64 32/],
    [`${entry('k1')},${entry('k1')}`, /names the key "k1" twice/],
  ])('refuses the faulty text %#', (text, message) => {
    expect(() => parseKeyRing(text)).toThrow(message);
  });

  test('never shows a key in an error', () => {
    const secret = randomBytes(30).toString('base64');
    for (const text of [secret, `k1:${secret}`, `k?:${secret}`])
      expect(() => parseKeyRing(text)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining(secret) }),
      );
  });

  test('must hold its current key', () => {
    expect(() => createKeyRing({ keys: new Map([['a', dataKey]]), current: 'b' })).toThrow(MissingKey);
  });
});

describe('a key ring folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'keys-')), 'keys');
  });
  afterEach(() => fs.rmSync(path.dirname(dir), { recursive: true }));

  test('is made with its first key, which nobody else can read, and opens again with the same', () => {
    const ring = openKeyRingFolder(dir, randomBytes);
    const wrapped = ring.wrap(dataKey, randomBytes);
    expect(fs.readdirSync(dir)).toEqual(['1.key']);
    expect(fs.statSync(path.join(dir, '1.key')).mode & 0o777).toBe(0o600);
    expect(fs.statSync(dir).mode & 0o777).toBe(0o700);
    expect(openKeyRingFolder(dir, randomBytes).unwrap(wrapped)).toEqual(dataKey);
  });

  test('holds entries of the form FRONTDESK_KEYS takes', () => {
    const wrapped = openKeyRingFolder(dir, randomBytes).wrap(dataKey, randomBytes);
    const ring = parseKeyRing(fs.readFileSync(path.join(dir, '1.key'), 'utf8'));
    expect(ring.unwrap(wrapped)).toEqual(dataKey);
  });

  test('takes the highest number as current, counting, not spelling', () => {
    openKeyRingFolder(dir, randomBytes);
    for (const number of [9, 10])
      fs.writeFileSync(path.join(dir, `${number}.key`), entry(`k${number}`), { mode: 0o600 });
    expect(openKeyRingFolder(dir, randomBytes).current).toBe('k10');
    expect(openKeyRingFolder(dir, randomBytes).kids).toHaveLength(3);
  });

  test('keeps the key that another process made first', () => {
    const first = openKeyRingFolder(dir, randomBytes);
    const key = fs.readFileSync(path.join(dir, '1.key'));
    fs.rmSync(path.join(dir, '1.key'));
    // The other process links its key while this one draws its own.
    const racing = (size: number): Buffer => {
      if (!fs.existsSync(path.join(dir, '1.key'))) fs.writeFileSync(path.join(dir, '1.key'), key, { mode: 0o600 });
      return randomBytes(size);
    };
    expect(openKeyRingFolder(dir, racing).current).toBe(first.current);
    expect(fs.readdirSync(dir)).toEqual(['1.key']);
  });

  test('says how to mend a key that others can read', () => {
    openKeyRingFolder(dir, randomBytes);
    fs.chmodSync(path.join(dir, '1.key'), 0o644);
    expect(() => openKeyRingFolder(dir, randomBytes)).toThrow(/1\.key can be read by other users.*chmod 600/);
  });

  test('names the file that is damaged or doubled', () => {
    openKeyRingFolder(dir, randomBytes);
    fs.copyFileSync(path.join(dir, '1.key'), path.join(dir, '2.key'));
    expect(() => openKeyRingFolder(dir, randomBytes)).toThrow(/2\.key repeats the key/);
    fs.writeFileSync(path.join(dir, '2.key'), 'k2:AAAA');
    expect(() => openKeyRingFolder(dir, randomBytes)).toThrow(/"k2" in .*2\.key has 3 bytes/);
  });

  test('shows the fault when the folder cannot be written', () => {
    fs.mkdirSync(path.dirname(dir), { recursive: true });
    fs.writeFileSync(dir, 'a file');
    expect(() => openKeyRingFolder(dir, randomBytes)).toThrow(/EEXIST|ENOTDIR/);
  });
});
