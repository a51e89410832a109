import { randomBytes } from 'node:crypto';
import { createContactKeys } from './contact-keys.ts';
import { parseKeyRing } from './key-ring.ts';
import { createSeal, type DataKey } from './seal.ts';

const keyRing = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const seal = createSeal({ keyRing, random: randomBytes });

function contacts(more: { capacity?: number; maxAgeMs?: number } = {}) {
  const stored = new Map<string, Buffer>();
  const loads: string[] = [];
  let time = 0;
  const load = async (id: string): Promise<Buffer | null> => {
    loads.push(id);
    await Promise.resolve();
    return stored.get(id) ?? null;
  };
  const add = (id: string): DataKey => {
    const { key, wrapped } = seal.newDataKey();
    stored.set(id, wrapped);
    return key;
  };
  const keys = createContactKeys({ seal, load, now: () => time, ...more });
  return { keys, stored, loads, add, pass: (ms: number) => (time += ms) };
}

test('a key is loaded once and then comes from memory', async () => {
  const { keys, loads, add } = contacts();
  const key = add('amy');
  expect(await keys.of('amy')).toEqual({ erased: false, key });
  expect(await keys.of('amy')).toEqual({ erased: false, key });
  expect(loads).toEqual(['amy']);
});

test('those who ask at once share one look-up', async () => {
  const { keys, loads, add } = contacts();
  add('amy');
  await Promise.all([keys.of('amy'), keys.of('amy'), keys.of('amy')]);
  expect(loads).toEqual(['amy']);
});

test('an erased contact is a value, not a crash', async () => {
  const { keys } = contacts();
  expect(await keys.of('gone')).toEqual({ erased: true });
  expect(keys.open('gone', null)).toEqual({ erased: true });
});

test('a wrapped key that a query brought is opened without a look-up, once', async () => {
  const { keys, stored, loads, add } = contacts();
  const key = add('amy');
  expect(keys.open('amy', stored.get('amy')!)).toEqual({ erased: false, key });
  expect(keys.open('amy', Buffer.from('never opened again'))).toEqual({ erased: false, key });
  expect(await keys.of('amy')).toEqual({ erased: false, key });
  expect(loads).toEqual([]);
});

test('a forgotten contact is erased at once', async () => {
  const { keys, stored, add } = contacts();
  add('amy');
  await keys.of('amy');
  stored.delete('amy');
  keys.forget('amy');
  expect(await keys.of('amy')).toEqual({ erased: true });
});

test('a contact forgotten while its key was loading does not come back into memory', async () => {
  const { keys, stored, loads, add } = contacts();
  add('amy');
  const asked = keys.of('amy');
  keys.forget('amy');
  stored.delete('amy');
  await asked;
  expect(await keys.of('amy')).toEqual({ erased: true });
  expect(loads).toEqual(['amy', 'amy']);
});

test('a query that finds the key destroyed drops it from memory', async () => {
  const { keys, stored, add } = contacts();
  add('amy');
  await keys.of('amy');
  stored.delete('amy');
  keys.open('amy', null);
  expect(await keys.of('amy')).toEqual({ erased: true });
});

test('what another process erased is gone after the longest age', async () => {
  const { keys, stored, add, pass } = contacts({ maxAgeMs: 1_000 });
  add('amy');
  await keys.of('amy');
  stored.delete('amy');
  pass(999);
  expect(await keys.of('amy')).toMatchObject({ erased: false });
  pass(1);
  expect(await keys.of('amy')).toEqual({ erased: true });
});

test('only the keys used last stay in memory', async () => {
  const { keys, loads, add } = contacts({ capacity: 2 });
  for (const id of ['a', 'b', 'c']) add(id);
  await keys.of('a');
  await keys.of('b');
  await keys.of('a');
  await keys.of('c');
  await keys.of('a');
  expect(loads).toEqual(['a', 'b', 'c']);
  await keys.of('b');
  expect(loads).toEqual(['a', 'b', 'c', 'b']);
});

test('a failed look-up is tried again by the next one', async () => {
  let tries = 0;
  const { wrapped, key } = seal.newDataKey();
  const keys = createContactKeys({
    seal,
    load: () => (++tries === 1 ? Promise.reject(new Error('the database is away')) : Promise.resolve(wrapped)),
    now: () => 0,
  });
  await expect(keys.of('amy')).rejects.toThrow('the database is away');
  expect(await keys.of('amy')).toEqual({ erased: false, key });
});
