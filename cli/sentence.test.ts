import net from 'node:net';
import { conflict } from '#core/errors.ts';
import { sentenceOf } from './sentence.ts';

/** The error of a real listener on a port. */
const listenFault = (port: number, host: string): Promise<Error> =>
  new Promise((resolve) => {
    net.createServer().once('error', resolve).listen(port, host);
  });

test('a busy port names the port and the way around it', async () => {
  const holder = net.createServer();
  await new Promise<void>((resolve) => {
    holder.listen(0, '127.0.0.1', resolve);
  });
  const { port } = holder.address() as net.AddressInfo;
  const fault = await listenFault(port, '127.0.0.1');
  holder.close();
  expect(sentenceOf(fault)).toBe(
    `Port ${port} is used by another program: stop that one, or choose another port (PORT=${port + 1} npm start).`,
  );
});

test('an address that the machine lacks is told with its setting', async () => {
  expect(sentenceOf(await listenFault(0, '203.0.113.1'))).toContain('set HOST to one that it has');
});

test('a server that does not answer is told with its address', async () => {
  const fault = await new Promise<Error>((resolve) => {
    net.connect(9, '127.0.0.1').once('error', resolve);
  });
  expect(sentenceOf(fault)).toContain('Nothing answers at 127.0.0.1:9');
});

test.each([
  ['ENOSPC', 'The disk is full'],
  ['EDQUOT', 'The disk is full'],
  ['EACCES', 'set FRONTDESK_DATA to a folder of its own'],
  ['ENOTFOUND', 'correct the address'],
])('%s becomes a sentence with its cure', (code, cure) => {
  expect(sentenceOf(Object.assign(new Error('words of the system'), { code }))).toContain(cure);
});

test('a low port is told apart from a folder', () => {
  const fault = Object.assign(new Error('listen EACCES'), { code: 'EACCES', port: 80, address: '0.0.0.0' });
  expect(sentenceOf(fault)).toBe('This user may not listen on 0.0.0.0:80: choose a port above 1023.');
});

test('what can be mended is told as it is, what cannot names the way to more', () => {
  expect(sentenceOf(conflict('It runs already.'))).toBe('It runs already.');
  expect(sentenceOf(new Error('boom'))).toBe('Something unexpected happened: boom (--verbose shows where)');
  expect(sentenceOf('boom')).toBe('Something unexpected happened: boom (--verbose shows where)');
});
