import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { parseKeyRing } from './key-ring.ts';
import { BrokenSeal, createSeal, type Place } from './seal.ts';

const keyRing = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const seal = createSeal({ keyRing, random: randomBytes });
const { key } = seal.newDataKey();
const place: Place = { table: 'chat_messages', column: 'body', row: '7' };

test('a data key opens again from its wrapped form', () => {
  const made = seal.newDataKey();
  expect(made.key.symmetricKeySize).toBe(32);
  expect(seal.openDataKey(made.wrapped).equals(made.key)).toBe(true);
  expect(made.wrapped.includes(made.key.export())).toBe(false);
});

test('any text and any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(seal.openText(key, place, seal.seal(key, place, text))).toBe(text);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...seal.open(key, place, seal.seal(key, place, bytes))]).toEqual([...bytes]);
    }),
  );
});

test('a sealed value holds neither its text nor the same bytes twice', () => {
  const sealed = seal.seal(key, place, '我的電話是 0912-345-678');
  expect(sealed.includes('0912')).toBe(false);
  expect(seal.seal(key, place, '我的電話是 0912-345-678').equals(sealed)).toBe(false);
});

test('no nonce is used twice', () => {
  const nonces = Array.from({ length: 5_000 }, () => seal.seal(key, place, '').toString('hex', 1, 13));
  expect(new Set(nonces).size).toBe(nonces.length);
});

test.each<[string, Place]>([
  ['row', { ...place, row: '8' }],
  ['column', { ...place, column: 'masked' }],
  ['table', { ...place, table: 'contacts' }],
])('a sealed value that was moved to another %s does not open', (_, elsewhere) => {
  const sealed = seal.seal(key, place, 'secret');
  expect(() => seal.open(key, elsewhere, sealed)).toThrow(BrokenSeal);
});

test('the error names the place, and nothing of the value', () => {
  const sealed = seal.seal(key, place, 'secret');
  expect(() => seal.openText(seal.newDataKey().key, place, sealed)).toThrow(
    'The sealed value at chat_messages.body, row 7, cannot be opened: it was changed, moved here from another place, or sealed under another key.',
  );
});

test('a sealed value that was changed at any byte, or cut at any length, does not open', () => {
  const sealed = seal.seal(key, place, 'secret');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => seal.open(key, place, changed)).toThrow(BrokenSeal);
    expect(() => seal.open(key, place, sealed.subarray(0, at))).toThrow(BrokenSeal);
  }
});
