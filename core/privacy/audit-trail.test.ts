import * as fc from 'fast-check';
import { canonicalJson, chainEntry, FIRST_PREV_HASH, verifyChain, type AuditEntry } from './audit-trail.ts';

function chain(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let id = 1; id <= length; id++) {
    entries.push(
      chainEntry(entries.at(-1) ?? null, {
        id,
        at: new Date(Date.UTC(2026, 9, 5, 8, 0, id)),
        actor: { kind: 'user', id: 'u1' },
        action: 'flow.publish',
        subject: { kind: 'flow', id: `f${id}` },
        before: { version: id, tags: ['a', 'b'] },
        after: { version: id + 1, tags: ['b'] },
        origin: '203.0.113.7',
      }),
    );
  }
  return entries;
}

const broken = (entries: AuditEntry[]): unknown => verifyChain(entries);

test('a chain that nobody touched is whole, and tells its head', () => {
  const entries = chain(5);
  expect(entries[0]!.prevHash).toBe(FIRST_PREV_HASH);
  expect(verifyChain(entries)).toEqual({ whole: true, head: entries[4]!.hash });
  expect(verifyChain([])).toEqual({ whole: true, head: FIRST_PREV_HASH });
});

test('a part of a chain is verified from the hash before it', () => {
  const entries = chain(5);
  expect(verifyChain(entries.slice(2), entries[1]!.hash)).toMatchObject({ whole: true });
  expect(broken(entries.slice(2))).toEqual({ whole: false, brokenId: 3, index: 0, reason: 'link' });
});

test.each<[string, (entry: AuditEntry) => AuditEntry]>([
  ['number', (entry) => ({ ...entry, id: 33 })],
  ['time', (entry) => ({ ...entry, at: new Date(entry.at.getTime() + 1) })],
  ['actor', (entry) => ({ ...entry, actor: { kind: 'user', id: 'u2' } })],
  ['actor kind', (entry) => ({ ...entry, actor: { kind: 'system', id: null } })],
  ['action', (entry) => ({ ...entry, action: 'flow.delete' })],
  ['subject', (entry) => ({ ...entry, subject: { kind: 'flow', id: 'f9' } })],
  ['state before', (entry) => ({ ...entry, before: { version: 3, tags: ['b', 'a'] } })],
  ['state after', (entry) => ({ ...entry, after: undefined })],
  ['origin', (entry) => ({ ...entry, origin: null })],
  ['hash', (entry) => ({ ...entry, hash: 'f'.repeat(64) })],
])('a changed %s is found in the entry that it was changed in', (_, change) => {
  const entries = chain(5);
  entries[2] = change(entries[2]!);
  expect(broken(entries)).toEqual({ whole: false, brokenId: entries[2].id, index: 2, reason: 'content' });
});

test('an entry that was removed, doubled or moved breaks the link behind it', () => {
  const [a, b, c, d] = chain(4) as [AuditEntry, AuditEntry, AuditEntry, AuditEntry];
  expect(broken([a, c, d])).toEqual({ whole: false, brokenId: 3, index: 1, reason: 'link' });
  expect(broken([a, b, b, c])).toEqual({ whole: false, brokenId: 2, index: 2, reason: 'link' });
  expect(broken([a, c, b, d])).toEqual({ whole: false, brokenId: 3, index: 1, reason: 'link' });
});

test('an entry rewritten together with its own hash breaks the next one', () => {
  const entries = chain(4);
  entries[1] = chainEntry(entries[0]!, { ...entries[1]!, action: 'flow.delete' });
  expect(broken(entries)).toEqual({ whole: false, brokenId: 3, index: 2, reason: 'link' });
});

test('a chain cut at its end has another head', () => {
  const entries = chain(4);
  expect(verifyChain(entries.slice(0, 3))).not.toEqual(verifyChain(entries));
});

test('what a database gives back, keys in another order and null for what was absent, is the same entry', () => {
  const [first] = chain(1) as [AuditEntry];
  const { after: _, ...rest } = first;
  const written = chainEntry(null, { ...rest, after: { b: 1, a: [{ d: 1, c: undefined }] } });
  const read = { ...written, after: { a: [{ c: null, d: 1 }], b: 1 }, at: new Date(written.at.toISOString()) };
  expect(verifyChain([read])).toMatchObject({ whole: true });
});

test('canonical JSON does not depend on the order of keys, and survives a round trip', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
  expect(canonicalJson({ b: [1, 'x', true, null], a: { d: 1, c: 2 } })).toBe(
    '{"a":{"c":2,"d":1},"b":[1,"x",true,null]}',
  );
});

test.each([[Number.NaN], [1n], [() => 1], [Symbol('x')]])('what JSON cannot hold is refused: %p', (value) => {
  expect(() => canonicalJson({ value })).toThrow(TypeError);
});
