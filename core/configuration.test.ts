import path from 'node:path';
import { describeSettings, parseConfiguration } from './configuration.ts';
import { Problem } from './errors.ts';

const database = (url: string): unknown => parseConfiguration({ DATABASE_URL: url }).database;

function refused(env: Record<string, string>): Problem {
  try {
    parseConfiguration(env);
  } catch (fault) {
    if (fault instanceof Problem) return fault;
    throw fault;
  }
  throw new Error('The settings were taken.');
}

test('nothing needs to be set', () => {
  expect(parseConfiguration({})).toMatchObject({
    port: 3000,
    role: 'all',
    dataDir: path.resolve('.frontdesk'),
    database: undefined,
    ollama: undefined,
    origins: [],
    demo: true,
    skipModelAbove: 0.9,
    serviceHours: { kind: 'always' },
    limits: { sessions: { count: 20, seconds: 3_600 }, messages: { count: 20, seconds: 10 } },
    warnings: [],
  });
});

test('what is set to nothing is not set', () => {
  expect(parseConfiguration({ PORT: '', DATABASE_URL: ' ', OLLAMA_URL: '' })).toMatchObject({
    port: 3000,
    database: undefined,
    ollama: undefined,
  });
});

test('every fault is named at once, with what is wanted', () => {
  const { detail, errors } = { detail: refused(FAULTY).message, errors: refused(FAULTY).errors };
  expect(errors.map((error) => error.path)).toEqual(Object.keys(FAULTY));
  expect(detail).toContain(`${Object.keys(FAULTY).length} settings are wrong:`);
  expect(detail).toContain('PORT must be a port from 1 to 65535, or 0 for a free one.');
  expect(detail).toContain('DATABASE_URL must be an address that begins with postgres:// or postgresql://.');
});

const FAULTY = {
  PORT: '70000',
  FRONTDESK_ROLE: 'boss',
  DATABASE_URL: 'mysql://localhost/frontdesk',
  REDIS_URL: 'localhost:6379',
  OLLAMA_URL: 'http://one:11434,two',
  FRONTDESK_SKIP_MODEL_ABOVE: '90',
  FRONTDESK_SECRET: 'short',
  FRONTDESK_ORIGINS: 'https://shop.example/path',
  FRONTDESK_DEMO: 'perhaps',
  FRONTDESK_TIME_ZONE: 'Taipei',
  FRONTDESK_SERVICE_HOURS: 'Mon-Fri 18:00-09:00',
  TRUST_PROXY: 'true',
  LOG_LEVEL: 'loud',
  FRONTDESK_LIMIT_SESSIONS: 'many',
};

test('a faulty value is never shown: it may be a secret', () => {
  expect(refused({ FRONTDESK_SECRET: 'hunter2' }).message).not.toContain('hunter2');
  expect(refused({ DATABASE_URL: 'x://me:hunter2@host/db' }).message).not.toContain('hunter2');
});

test('the built-in database serves one process with all roles', () => {
  expect(refused({ FRONTDESK_ROLE: 'api' }).message).toBe(
    'DATABASE_URL must be set for the role api: the built-in database belongs to one process that does everything.',
  );
  expect(parseConfiguration({ FRONTDESK_ROLE: 'api', DATABASE_URL: 'postgres://db/frontdesk' }).role).toBe('api');
});

test('a database is reached by host, by socket folder, and with TLS', () => {
  expect(database('postgres://me:p%40ss@db.example:6432/frontdesk?sslmode=verify-full')).toEqual({
    host: 'db.example',
    port: 6432,
    user: 'me',
    password: 'p@ss',
    database: 'frontdesk',
    ssl: 'verify-full',
  });
  expect(database('postgres://me:x@localhost/frontdesk?host=%2Frun%2Fpostgresql')).toMatchObject({
    host: '/run/postgresql',
    port: 5432,
    ssl: 'disable',
  });
  expect(refused({ DATABASE_URL: 'postgres://db.example' }).message).toContain('postgres://user:password@host:5432/');
  expect(refused({ DATABASE_URL: 'postgres://db/x?sslmode=perhaps' }).message).toContain('?sslmode=require');
});

test('vectors come from one place', () => {
  expect(refused({ OLLAMA_EMBED_MODEL: 'bge-m3' }).message).toContain('OLLAMA_URL must be set');
  expect(
    refused({ OLLAMA_EMBED_MODEL: 'bge-m3', OLLAMA_URL: 'http://a', EMBEDDINGS_URL: 'http://b' }).message,
  ).toContain('EMBEDDINGS_URL must not be set');
});

test('several Ollama servers and origins are lists', () => {
  const { ollama, origins } = parseConfiguration({
    OLLAMA_URL: 'http://one:11434, http://two:11434',
    FRONTDESK_ORIGINS: 'https://shop.example,http://localhost:8080/',
  });
  expect(ollama).toEqual({ urls: ['http://one:11434', 'http://two:11434'], model: 'qwen3:14b', embedModel: undefined });
  expect(origins).toEqual(['https://shop.example', 'http://localhost:8080']);
});

test('service hours name days, also over the end of the week', () => {
  const { serviceHours } = parseConfiguration({ FRONTDESK_SERVICE_HOURS: 'Sat-Sun 10:00-14:00; Wed 09:30-24:00' });
  expect(serviceHours).toEqual({
    kind: 'weekly',
    spans: [
      { day: 6, from: 600, to: 840 },
      { day: 0, from: 600, to: 840 },
      { day: 3, from: 570, to: 1_440 },
    ],
  });
});

test('a limit is a count in a time', () => {
  const { limits } = parseConfiguration({ FRONTDESK_LIMIT_MESSAGES: '7/2m', FRONTDESK_LIMIT_LOGINS: '1/h' });
  expect(limits.messages).toEqual({ count: 7, seconds: 120 });
  expect(limits.logins).toEqual({ count: 1, seconds: 3_600 });
});

test('a misspelt name of ours is pointed out', () => {
  expect(parseConfiguration({ FRONTDESK_ORIGIN: '*', FRONTDESK_REQUIRE: 'redis' }).warnings).toEqual([
    'FRONTDESK_ORIGIN is no setting of Frontdesk and does nothing.',
  ]);
});

test('every setting is described, and its own default is good', () => {
  const described = describeSettings();
  expect(described.every(({ says }) => says.endsWith('.'))).toBe(true);
  const defaults = Object.fromEntries(described.map(({ name, fallback }) => [name, fallback]));
  expect(parseConfiguration(defaults)).toEqual(parseConfiguration({}));
});
