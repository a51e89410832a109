import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeSettings, parseConfiguration } from '#core/configuration.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');

const Service = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
});
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.unknown()) });

const text = read('docker-compose.yml');
const { services, volumes } = Compose.parse(parse(text, { merge: true }));
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);

/** `${NAME}`, `${NAME:-words}` and `${NAME:?why}` as compose fills them in. */
const VARIABLE = /\$\{(\w+)(?::([-?])([^}]*))?\}/g;
const SECRETS = /KEY|SECRET|PASSWORD|TOKEN/;

function filledIn(environment: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>) {
  const fill = (value: string): string =>
    value.replace(VARIABLE, (_, name: string, kind?: string, words = '') => given[name] ?? (kind === '-' ? words : ''));
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}

test('the services are those of the README', () => {
  expect(Object.keys(services).sort()).toEqual(['api', 'elasticsearch', 'ollama', 'postgres', 'redis', 'worker']);
  expect(read('README.md')).toMatch(/PostgreSQL, Redis, Elasticsearch, Ollama, one api and one worker/);
});

test('what is set for ours is a setting that there is', () => {
  const known = new Set(describeSettings().map(({ name }) => name));
  expect(ours.map(([name]) => name).sort()).toEqual(['api', 'worker']);
  for (const [, { environment }] of ours)
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
});

test('with the three secrets alone, ours start as the scaled mode', () => {
  const given = { FRONTDESK_KEYS: 'k1:abc', FRONTDESK_SECRET: 's'.repeat(64), POSTGRES_PASSWORD: 'a1b2' };
  for (const [role, { environment }] of ours) {
    const { warnings: _, ...configuration } = parseConfiguration(filledIn(environment, given));
    expect(configuration).toMatchObject({ role });
    expect(JSON.stringify(configuration)).toContain('redis://redis:6379');
  }
});

test('a secret has no default: compose names it and stops', () => {
  const variables = [...text.matchAll(VARIABLE)].map(([, name = '', kind]) => ({ name, kind }));
  const secrets = variables.filter(({ name }) => SECRETS.test(name));
  expect([...new Set(secrets.map(({ name }) => name))].sort()).toEqual([
    'FRONTDESK_KEYS',
    'FRONTDESK_SECRET',
    'POSTGRES_PASSWORD',
  ]);
  expect(secrets.filter(({ kind }) => kind !== '?')).toEqual([]);
  for (const { environment } of Object.values(services))
    for (const [name, value] of Object.entries(environment)) {
      if (SECRETS.test(name)) expect(value).toMatch(/^\$\{/);
    }
  // They are kept in .env, which goes into no commit and no image.
  for (const file of ['.gitignore', '.dockerignore']) expect(read(file).split('\n')).toContain('.env');
});

test('every service tells whether it is well, and ours wait for those that they cannot do without', () => {
  expect(Object.entries(services).filter(([, { healthcheck }]) => !healthcheck)).toEqual([]);
  for (const [, { depends_on: needs }] of ours)
    expect(needs).toEqual({ postgres: { condition: 'service_healthy' }, redis: { condition: 'service_healthy' } });
});

test('what is kept lies in a volume that is declared, and only ours can be reached from outside', () => {
  const used = Object.values(services).flatMap((service) => service.volumes.map((volume) => volume.split(':')[0]!));
  expect([...new Set(used)].sort()).toEqual(Object.keys(volumes).sort());
  expect(Object.keys(services).filter((name) => services[name]!.ports.length > 0)).toEqual(['api']);
});

describe('the Dockerfile', () => {
  const dockerfile = read(services['api']!.build!.dockerfile);

  test('copies files that there are', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
      files.split(' '),
    );
    expect(copied).toContain('package-lock.json');
    expect(copied.filter((file) => !fs.existsSync(path.join(root, file)))).toEqual([]);
  });

  test('keeps the native parts of packages, which npm calls optional', () => {
    expect(dockerfile).not.toContain('--omit=optional');
  });

  test('starts without building, on the port that is asked whether it is well', () => {
    const command = z.array(z.string()).parse(JSON.parse(/^CMD (.+)$/m.exec(dockerfile)![1]!));
    expect(command.slice(-2)).toEqual(['start', '--no-build']);
    const scripts = command.filter((word) => /\.m?[jt]s$/.test(word));
    expect(scripts.filter((file) => !fs.existsSync(path.join(root, file)))).toEqual([]);
    const port = /\bPORT=(\d+)/.exec(dockerfile)![1]!;
    for (const [, { healthcheck }] of ours) expect(healthcheck!.test.join(' ')).toContain(`:${port}/readyz`);
    expect(services['api']!.ports[0]).toMatch(new RegExp(`:${port}$`));
  });
});
