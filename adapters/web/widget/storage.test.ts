import { createMarks } from './marks.ts';
import { leaveSession, readSession, writeSession } from './session.ts';
import { createStore, readRecord } from './storage.ts';

beforeEach(() => localStorage.clear());
const withStorage = (storage: Partial<Storage> | (() => never)): Window => {
  const fake = Object.create(window) as Window;
  Object.defineProperty(fake, 'localStorage', typeof storage === 'function' ? { get: storage } : { value: storage });
  return fake;
};

const blocked = (): never => {
  throw new DOMException('blocked', 'SecurityError');
};
const tell = (key: string | null): boolean =>
  window.dispatchEvent(new StorageEvent('storage', { key, storageArea: localStorage }));

test('what is written is there after a reload, under our prefix alone', () => {
  createStore(window, 'frontdesk:a:').write('session', '1');
  expect(createStore(window, 'frontdesk:a:').read('session')).toBe('1');
  expect(createStore(window, 'frontdesk:b:').read('session')).toBeNull();
  expect(Object.keys(localStorage)).toEqual(['frontdesk:a:session']);
});

test('keys are listed by how they begin, and only ours', () => {
  localStorage.setItem('out:foreign', 'x');
  const store = createStore(window, 'frontdesk:a:');
  for (const key of ['out:1', 'out:2', 'seen']) store.write(key, 'x');
  store.remove('out:2');
  expect(store.keys('out:')).toEqual(['out:1']);
});

test('where storage is blocked, everything lives as long as the page', () => {
  const store = createStore(withStorage(blocked), 'p:');
  store.write('out:1', 'x');
  expect([store.read('out:1'), store.keys('out:')]).toEqual(['x', ['out:1']]);
  store.remove('out:1');
  expect(store.read('out:1')).toBeNull();
});

test('where storage is full, what is written is kept as long as the page, and nothing is lost', () => {
  const texts = new Map([['p:old', 'x']]);
  let full = false;
  const store = createStore(
    withStorage({
      get length() {
        return texts.size;
      },
      key: (index) => [...texts.keys()][index] ?? null,
      getItem: (key) => texts.get(key) ?? null,
      removeItem: (key) => void texts.delete(key),
      setItem(key, value) {
        if (full) throw new DOMException('full', 'QuotaExceededError');
        texts.set(key, value);
      },
    }),
    'p:',
  );
  full = true;
  store.write('old', 'y');
  store.write('new', 'z');
  expect([store.read('old'), store.read('new')]).toEqual(['y', 'z']);
  expect(store.keys('')).toEqual(['old', 'new']);
});

test('other tabs are heard, strangers are not', () => {
  const heard: (string | null)[] = [];
  const stop = createStore(window, 'p:').onChange((key) => heard.push(key));
  tell('p:session');
  tell('other');
  tell(null);
  stop();
  tell('p:session');
  expect(heard).toEqual(['session', null]);
});

test('what is no JSON object is no record', () => {
  const store = createStore(window, 'p:');
  for (const text of ['{', '[]', 'null', '1']) {
    store.write('x', text);
    expect(readRecord(store, 'x')).toBeNull();
  }
});

test('a session is forgotten unless another tab has begun the next one', () => {
  const store = createStore(window, 'p:');
  writeSession(store, { id: 'new', token: 't' });
  leaveSession(store, 'old');
  expect(readSession(store)).toEqual({ id: 'new', token: 't' });
  leaveSession(store, 'new');
  expect(readSession(store)).toBeNull();
  store.write('session', '{"id":1}');
  expect(readSession(store)).toBeNull();
});

test('ratings and thumbs are remembered until a new conversation', () => {
  const store = createStore(window, 'p:');
  const marks = createMarks(store);
  marks.rate(4);
  marks.react(3, 'up');
  marks.skip(9);
  const again = createMarks(store);
  expect([again.rating(), again.reaction(3), again.reaction(4), again.skipped(9), again.skipped(8)]).toEqual([
    4,
    'up',
    null,
    true,
    false,
  ]);
  again.clear();
  expect([marks.rating(), marks.reaction(3)]).toEqual([null, null]);
});
