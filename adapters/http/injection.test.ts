import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';
import type { Endpoint } from './endpoint.ts';

let door: FrontDoor;
let tokens: Record<string, string | undefined>;
let ids: Record<string, string>;
/** Stands in everything that the customer who asks must never see. */
const OTHERS = 'violet-elephant-of-somebody-else';

beforeAll(async () => {
  door = await openFrontDoor();
  await door.knowledge.load();
  const [customer, other, agent, admin] = await Promise.all([
    door.person('customer'),
    door.person('customer', OTHERS),
    door.person('agent'),
    door.person('admin'),
  ]);
  await door.contacts.ensure(customer.id);
  const [own, foreign] = [await door.visitor(customer.token), await door.visitor()];
  const say = (token: string, sessionId: string, text: string) =>
    door.post('/chat/message', { token, body: { sessionId, text } });
  await say(own.token, own.sessionId, 'mine');
  await say(foreign.token, foreign.sessionId, OTHERS);
  const words = { subject: OTHERS, description: OTHERS };
  await door.post('/tickets', { token: other.token, body: words });
  await door.post('/knowledge/faq', {
    token: admin.token,
    body: { question: OTHERS, answer: OTHERS, locale: 'en', status: 'draft' },
  });
  const ticket = await door.post('/tickets', { token: customer.token, body: { subject: 'mine', description: 'mine' } });
  const faq = await door.post('/knowledge/faq', {
    token: admin.token,
    body: { question: 'Where are you?', answer: 'Here.', locale: 'en', status: 'published' },
  });
  tokens = {
    anonymous: undefined,
    visitor: own.token,
    customer: customer.token,
    agent: agent.token,
    admin: admin.token,
  };
  ids = {
    session_id: own.sessionId,
    ticket_id: (ticket.body as { id: string }).id,
    faq_id: (faq.body as { id: string }).id,
    handoff_id: own.sessionId,
    upload_id: own.sessionId,
    seq: '1',
  };
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});

/** Ways to break out of a text that ends up in a query. Gathered from the usual lists, for PostgreSQL above all. */
const CORPUS = [
  `'`,
  `"`,
  `''`,
  `\\'`,
  `' or '1'='1`,
  `' or 1=1 --`,
  `' or 1=1 /*`,
  `') or ('1'='1`,
  `')) or (('1'='1`,
  `" or ""="`,
  `1 or 1=1`,
  `1; drop table users`,
  `'; drop table tickets; --`,
  `'; delete from chat_messages; --`,
  `'; update users set disabled_at = now(); --`,
  `'; truncate audit_log; --`,
  `'; copy users to program 'id'; --`,
  `' union select null, null, null --`,
  `' union all select id, number, subject_masked from tickets --`,
  `' and 1=(select count(*) from users) --`,
  `' and (select pg_sleep(5)) is null --`,
  `'||pg_sleep(5)||'`,
  `1; select pg_sleep(5); --`,
  `'||(select version())||'`,
  `$1`,
  `$1::uuid`,
  `\${1}`,
  `$$; drop table users; $$`,
  `$tag$ or 1=1 $tag$`,
  `%`,
  `_%`,
  `%27%20or%201=1--`,
  `\\`,
  `\\\\`,
  `E'\\\\''`,
  `U&'\\0027'`,
  `;`,
  `--`,
  `/**/or/**/1=1`,
  `admin'--`,
  `{"$ne": null}`,
  `{"$gt": ""}`,
  `[object Object]`,
  `__proto__`,
  `constructor`,
  `' or 1=1; --`,
  `ʼ or 1=1 --`,
  `＇ or 1=1 --`,
  `\u0000' or 1=1`,
  `\ud800' or 1=1`,
  `asc; drop table faqs`,
  `(case when (1=1) then id else number end)`,
  `created_at desc nulls first, (select 1)`,
  `NaN`,
  `-1`,
  `9999999999999999999`,
  `1e309`,
  `2147483648`,
  `${'a'.repeat(5_000)}'`,
  `'\n or 1=1 --`,
];

type Request = { url: string; body?: unknown };

/** The endpoint asked with `text` in one place after another: a part of the path, each filter, one it has not, each field of the body. */
function* placesOf(endpoint: Endpoint, text: string): Generator<Request> {
  const encoded = encodeURIComponent(text.toWellFormed());
  const url = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
  const schema = endpoint.body === undefined || endpoint.body === 'bytes' ? undefined : endpoint.body;
  const example = schema?.meta()?.['example'] ?? (endpoint.form ? { email: 'amy@example.com', password: 'x' } : {});
  const body = schema ? { body: example } : {};
  for (const name of Object.keys(endpoint.params?.shape ?? {}))
    yield {
      url: endpoint.path.replaceAll(/\{(\w+)\}/g, (_, part: string) => (part === name ? encoded : ids[part]!)),
      ...body,
    };
  for (const name of endpoint.query ? [...Object.keys(endpoint.query.shape), 'sort'] : [])
    yield { url: `${url}?${name}=${encoded}${name === 'q' ? '' : '&q=x'}`, ...body };
  if (!schema) return;
  for (const changed of replacing(example, text)) yield { url, body: changed };
}

/** The value with `text` at one leaf after another, and as a key. */
function* replacing(value: unknown, text: string): Generator {
  if (typeof value !== 'object' || value === null) yield text;
  else if (Array.isArray(value))
    for (const [at, inner] of value.entries())
      for (const changed of replacing(inner, text)) yield value.with(at, changed);
  else {
    for (const [key, inner] of Object.entries(value))
      for (const changed of replacing(inner, text)) yield { ...value, [key]: changed };
    yield { ...value, [text]: text };
  }
}

const countRows = async (): Promise<unknown> => {
  const { rows } = await door.pool.query(
    `select (select count(*) from users where disabled_at is null) as users, (select count(*) from faqs where question like $1) as drafts,
            (select count(*) from chat_messages) >= 4 as messages, (select count(*) from audit_log) >= 2 as audit`,
    [`${OTHERS}%`],
  );
  return rows[0];
};

test('sixty ways to break out of a text, in every field, filter, sort and cursor: no fault, and nothing of anybody else’s', async () => {
  expect(new Set(CORPUS).size).toBeGreaterThanOrEqual(40);
  const before = await countRows();
  const faults: string[] = [];
  let asked = 0;
  for (const endpoint of door.endpoints) {
    // Signing out would end what the others ask with.
    if (endpoint.path === '/auth/logout') continue;
    const method = endpoint.method.toUpperCase();
    const requests = CORPUS.flatMap((text) => [...placesOf(endpoint, text)]);
    for (const who of ['customer', 'admin']) {
      const token = tokens[who];
      for (let from = 0; from < requests.length; from += 8)
        await Promise.all(
          requests.slice(from, from + 8).map(async ({ url, body }) => {
            const { status, body: answer } = await door.ask(method, url, {
              token,
              ...(body === undefined ? {} : { body }),
            });
            asked += 1;
            if (status >= 500) faults.push(`${who}: ${method} ${url} ${JSON.stringify(body)} → ${status}`);
            if (who === 'customer' && JSON.stringify(answer).includes(OTHERS))
              faults.push(`${who} saw ${method} ${url}`);
          }),
        );
    }
  }
  expect(faults).toEqual([]);
  expect(door.faults).toEqual([]);
  expect(await countRows()).toEqual(before);
  expect(asked).toBeGreaterThan(5_000);
}, 300_000);

test.each(['anonymous', 'visitor', 'customer', 'agent', 'admin'])(
  'for %s every cursor that is none is refused, never a fault',
  async (who) => {
    const token = tokens[who];
    const cursors = [
      ...CORPUS,
      Buffer.from('2026-01-01T00:00:00.000Z 00000000-0000-4000-8000-000000000000').toString('base64url'),
      Buffer.from(`2026-01-01T00:00:00.000Z ' or 1=1 --`).toString('base64url'),
      Buffer.from('+275760-09-13T00:00:00.001Z 00000000-0000-4000-8000-000000000000').toString('base64url'),
      Buffer.from('-271821-04-20T00:00:00.000Z 00000000-0000-4000-8000-000000000000').toString('base64url'),
      Buffer.from(`2026-01-01T00:00:00.000Z ${'-'.repeat(36)}`).toString('base64url'),
      '-'.repeat(36),
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ];
    const listed = door.endpoints.filter((endpoint) => endpoint.query && 'cursor' in endpoint.query.shape);
    expect(listed.length).toBeGreaterThanOrEqual(4);
    for (const endpoint of listed)
      for (const cursor of cursors) {
        const url = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
        const { status } = await door.get(`${url}?cursor=${encodeURIComponent(cursor.toWellFormed())}`, { token });
        expect([cursor, status < 500]).toEqual([cursor, true]);
      }
    expect(door.faults).toEqual([]);
  },
);
