import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chooseIdentity, handOver, letThrough } from './identity.ts';

const root = { uid: 0, platform: 'linux', works: () => true, id: () => undefined } as const;

test('an ordinary user runs PostgreSQL as themselves', () => {
  expect(chooseIdentity({ ...root, uid: 1000 })).toEqual({ prefix: [] });
});

test('root runs it in a user namespace, and no account is needed', () => {
  expect(chooseIdentity(root).prefix[0]).toBe('unshare');
});

test('where namespaces are forbidden, and on macOS, root lends it to postgres, else to nobody', () => {
  const ids = (known: string) => (flag: string, name: string) =>
    name === known ? (flag === '-u' ? 70 : 71) : undefined;
  const forbidden = { ...root, works: () => false };
  expect(chooseIdentity({ ...forbidden, id: ids('postgres') })).toEqual({ prefix: [], user: { uid: 70, gid: 71 } });
  expect(chooseIdentity({ ...forbidden, id: ids('nobody') }).user).toEqual({ uid: 70, gid: 71 });
  expect(chooseIdentity({ ...root, platform: 'darwin', id: ids('nobody') }).user).toEqual({ uid: 70, gid: 71 });
});

test('root without any of them is told what to do', () => {
  expect(() => chooseIdentity({ ...root, works: () => false })).toThrow('start Frontdesk as an ordinary user');
});

test('what is lent to another user can be reached by it; what is not stays closed', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-identity-'));
  const own = { uid: process.getuid!(), gid: process.getgid!() };
  letThrough({ prefix: [] }, folder);
  expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  handOver({ prefix: [], user: own }, folder);
  letThrough({ prefix: [], user: own }, folder);
  expect(fs.statSync(folder).mode & 0o777).toBe(0o701);
  fs.rmSync(folder, { recursive: true });
});
