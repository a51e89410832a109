import type { Faq, SearchHit } from '#core/knowledge/faq.schema.ts';
import { openFrontDoor, type FrontDoor, type Person } from '#test/support/front-door.ts';

let door: FrontDoor;
let admin: Person;
let agent: Person;
let customer: Person;

beforeAll(async () => {
  door = await openFrontDoor();
  [admin, agent, customer] = await Promise.all([door.person('admin'), door.person('agent'), door.person('customer')]);
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});
afterEach(() => expect(door.faults.splice(0)).toEqual([]));

const RETURNS = {
  question: '可以退貨嗎？',
  alternatives: ['怎麼退貨', '東西不喜歡想退'],
  answer: '收到商品後 7 天內都可以退貨。',
  locale: 'zh-TW',
  category: 'returns',
  tags: ['退貨'],
  status: 'published',
};
const NOWHERE = '00000000-0000-4000-8000-000000000000';

async function written(more: object = {}): Promise<Faq> {
  const { status, body } = await door.post('/knowledge/faq', { token: admin.token, body: { ...RETURNS, ...more } });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body as Faq;
}
async function search(q: string, more = ''): Promise<SearchHit[]> {
  const { status, body } = await door.get(`/knowledge/search?q=${encodeURIComponent(q)}${more}`);
  expect({ status, body }).toMatchObject({ status: 200, body: { nextCursor: null } });
  return (body as { items: SearchHit[] }).items;
}
const found = async (id: string, q = RETURNS.question, locale = 'zh-TW'): Promise<boolean> =>
  (await search(q, `&limit=20&locale=${locale}`)).some((hit) => hit.id === id);

describe('writing FAQs', () => {
  test('what is published is found at once, by anybody, by every way to ask it', async () => {
    const faq = await written();
    expect(faq).toMatchObject({ ...RETURNS, version: 1 });
    const hits = await search('怎麼退貨');
    expect(hits[0]).toMatchObject({
      source: 'faq',
      id: faq.id,
      title: RETURNS.question,
      answer: RETURNS.answer,
      category: 'returns',
      match: 1,
      highlight: { title: [[2, 4]], answer: [[13, 15]] },
    });
    expect(await search('returns', '&locale=en')).toEqual([]);
    await door.del(`/knowledge/faq/${faq.id}`, { token: admin.token });
    expect(await found(faq.id)).toBe(false);
  });

  test('a draft is found by nobody until it is published, nor after it was withdrawn', async () => {
    const faq = await written({ status: 'draft' });
    const put = (status: string) =>
      door.put(`/knowledge/faq/${faq.id}`, { token: admin.token, body: { ...RETURNS, status } });
    expect(await found(faq.id)).toBe(false);
    expect((await put('published')).body).toMatchObject({ status: 'published', version: 2 });
    expect(await found(faq.id)).toBe(true);
    await put('draft');
    expect(await found(faq.id)).toBe(false);
  });

  test('drafts are read by those who may, for others they are not there', async () => {
    const faq = await written({ status: 'draft' });
    const url = `/knowledge/faq/${faq.id}`;
    for (const token of [agent.token, admin.token]) expect((await door.get(url, { token })).status).toBe(200);
    for (const token of [undefined, customer.token]) {
      expect((await door.get(url, { token })).status).toBe(404);
      expect((await door.get('/knowledge/faq?status=draft', { token })).status).toBe(403);
      const { body } = await door.get('/knowledge/faq?limit=100', { token });
      expect((body as { items: Faq[] }).items.map((one) => one.status)).not.toContain('draft');
    }
    const { body } = await door.get('/knowledge/faq?status=draft', { token: agent.token });
    expect((body as { items: Faq[] }).items[0]).toMatchObject({ id: faq.id });
  });

  test('a version that is not the newest is neither changed nor removed', async () => {
    const faq = await written();
    const url = `/knowledge/faq/${faq.id}`;
    const headers = { 'If-Match': '"1"' };
    const both = await Promise.all(
      ['one', 'two'].map((answer) => door.put(url, { token: admin.token, body: { ...RETURNS, answer }, headers })),
    );
    expect(both.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    expect((await door.del(url, { token: admin.token, headers })).status).toBe(412);
    expect((await door.del(url, { token: admin.token, headers: { 'If-Match': '"2"' } })).status).toBe(204);
    expect((await door.get(url)).status).toBe(404);
  });

  test('agents do not write, and what is not there cannot be written', async () => {
    const faq = await written();
    for (const { token } of [agent, customer]) {
      expect((await door.post('/knowledge/faq', { token, body: RETURNS })).status).toBe(403);
      expect((await door.put(`/knowledge/faq/${faq.id}`, { token, body: RETURNS })).status).toBe(403);
      expect((await door.del(`/knowledge/faq/${faq.id}`, { token })).status).toBe(403);
    }
    const { token } = admin;
    expect((await door.put(`/knowledge/faq/${NOWHERE}`, { token, body: RETURNS })).status).toBe(404);
    expect((await door.del(`/knowledge/faq/${NOWHERE}`, { token })).status).toBe(404);
  });
});

describe('the list', () => {
  test('is narrowed by language, category and words, and comes page by page', async () => {
    const made = [];
    for (let n = 0; n < 5; n++)
      made.unshift(
        (await written({ locale: 'en', category: 'pages', question: `Page ${n}?`, alternatives: [`100%_${n}`] })).id,
      );
    const list = async (query: string) =>
      (await door.get(`/knowledge/faq?${query}`)).body as { items: Faq[]; nextCursor: string };
    const first = await list('locale=en&category=pages&limit=3');
    const second = await list(`locale=en&category=pages&limit=3&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map((faq) => faq.id)).toEqual(made);
    expect(second.nextCursor).toBeNull();
    expect((await list(`q=${encodeURIComponent('page 3')}`)).items.map((faq) => faq.id)).toEqual([made[1]]);
    expect((await list(`q=${encodeURIComponent('100%_2')}`)).items.map((faq) => faq.id)).toEqual([made[2]]);
    expect((await list(`q=${encodeURIComponent('p%e')}`)).items).toEqual([]);
    expect(await door.get('/knowledge/faq?cursor=x')).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'cursor' }] },
    });
  });
});

describe('the index', () => {
  test('holds what PostgreSQL holds after a load, whatever it missed', async () => {
    const kept = await written({ question: 'Is there parking?', locale: 'en', alternatives: [] });
    await door.pool.query('delete from faqs where id = $1', [kept.id]);
    const { rows } = await door.pool.query<{ id: string }>(
      `insert into faqs (question, alternatives, answer, locale, category, tags, status)
       values ('Do you ship abroad?', '{}', 'To Japan.', 'en', 'general', '{}', 'published') returning id`,
    );
    expect((await search('Do you ship abroad?', '&locale=en')).filter((hit) => hit.match === 1)).toEqual([]);
    await door.knowledge.load();
    expect((await search('Do you ship abroad?', '&locale=en'))[0]).toMatchObject({ id: rows[0]!.id, match: 1 });
    expect(await found(kept.id, 'Is there parking?', 'en')).toBe(false);
  });

  test('holds more FAQs than are read at once', async () => {
    await door.pool.query(
      `insert into faqs (question, alternatives, answer, locale, category, tags, status)
       select 'Unit number ' || n, '{}', 'Answer ' || n, 'en', 'many', '{}', 'published' from generate_series(1, 1200) n`,
    );
    await door.knowledge.load();
    for (const n of [1, 500, 501, 1200])
      expect((await search(`Unit number ${n}`, '&locale=en&limit=1'))[0]).toMatchObject({
        answer: `Answer ${n}`,
        match: 1,
      });
    const { rows } = await door.pool.query(`delete from faqs where category = 'many' returning id`);
    await door.knowledge.load();
    expect(rows).toHaveLength(1200);
    expect((await search('Unit number 7', '&locale=en&limit=20')).filter((hit) => hit.category === 'many')).toEqual([]);
  });

  test('a dialogue that asks it is told when the question was asked word by word', async () => {
    const faq = await written({ question: '門市在哪裡？' });
    const [hit] = door.knowledge.search({ text: '門市在哪裡', locale: 'zh-TW', limit: 1 });
    expect(hit).toMatchObject({ id: faq.id, exact: true, match: 1, source: 'faq' });
    expect(door.knowledge.search({ text: '門市在哪裡', locale: 'zh-TW', category: 'other', limit: 1 })).toEqual([]);
  });
});

describe('the audit trail', () => {
  test('has each change of a FAQ, by whom and from where, and is whole', async () => {
    const faq = await written();
    const url = `/knowledge/faq/${faq.id}`;
    await door.put(url, { token: admin.token, body: { ...RETURNS, answer: '十天。' } });
    await door.put(url, { token: admin.token, body: { ...RETURNS, answer: '十天。' } });
    await door.del(url, { token: admin.token });
    const { rows } = await door.pool.query(
      'select action, actor_kind, actor_id, before, after, origin from audit_log where subject_id = $1 order by id',
      [faq.id],
    );
    const by = { actor_kind: 'user', actor_id: admin.id, origin: expect.stringContaining('127.0.0.1') };
    expect(rows).toEqual([
      { ...by, action: 'faq.create', before: null, after: RETURNS },
      { ...by, action: 'faq.change', before: RETURNS, after: { ...RETURNS, answer: '十天。' } },
      { ...by, action: 'faq.delete', before: { ...RETURNS, answer: '十天。' }, after: null },
    ]);
    expect(await door.audit.verify()).toMatchObject({ whole: true });
  });

  test('a change that cannot be written down does not happen', async () => {
    const faq = await written();
    await door.pool.query('alter table audit_log rename to audit_log_away');
    try {
      expect((await door.del(`/knowledge/faq/${faq.id}`, { token: admin.token })).status).toBe(500);
      expect(
        (await door.post('/knowledge/faq', { token: admin.token, body: { ...RETURNS, question: '沒寫下來' } })).status,
      ).toBe(500);
    } finally {
      await door.pool.query('alter table audit_log_away rename to audit_log');
    }
    expect(door.faults.splice(0)).toHaveLength(2);
    expect((await door.get(`/knowledge/faq/${faq.id}`)).status).toBe(200);
    expect((await door.pool.query(`select from faqs where question = '沒寫下來'`)).rowCount).toBe(0);
  });

  test('many writers at once make one chain', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        door.audit.record({
          actor: { kind: 'system', id: null },
          action: 'test.many',
          subject: { kind: 'test', id: `${n}` },
        }),
      ),
    );
    const { rows } = await door.pool.query('select hash from audit_log order by id desc limit 1');
    expect(await door.audit.verify()).toEqual({ whole: true, head: rows[0].hash });
  });

  test('cannot be changed, and a change made behind its back is found', async () => {
    await expect(door.pool.query('delete from audit_log')).rejects.toThrow('append-only');
    await expect(door.pool.query(`update audit_log set action = 'x'`)).rejects.toThrow('append-only');
    const { rows } = await door.pool.query<{ id: string }>('select id from audit_log order by id offset 2 limit 1');
    await door.pool.query('alter table audit_log disable trigger all');
    await door.pool.query(`update audit_log set origin = 'elsewhere' where id = $1`, [rows[0]!.id]);
    expect(await door.audit.verify()).toEqual({
      whole: false,
      brokenId: Number(rows[0]!.id),
      index: 2,
      reason: 'content',
    });
  });
});
