import { randomUUID } from 'node:crypto';
import { MAX_UPLOAD } from '#core/conversation/uploads.ts';
import type { Attachment } from '#core/conversation/content.schema.ts';
import { openFrontDoor, type FrontDoor, type Person } from '#test/support/front-door.ts';

let door: FrontDoor;
let agent: Person;
let customer: Person;
let stranger: Person;
const DAY_MS = 24 * 3_600_000;

beforeAll(async () => {
  door = await openFrontDoor();
  [agent, customer, stranger] = await Promise.all([
    door.person('agent'),
    door.person('customer', 'Amy Chen'),
    door.person('customer'),
  ]);
  await door.contacts.ensure(customer.id);
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});
afterEach(() => expect(door.faults).toEqual([]));

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const send = (token: string | undefined, query = '', raw: Buffer = PNG) =>
  door.post(`/uploads?${query}`, { token, raw, headers: { 'Content-Type': 'application/octet-stream' } });
async function sent(token: string, query = ''): Promise<Attachment> {
  const { status, body } = await send(token, query);
  expect({ status, body }).toMatchObject({ status: 201 });
  return body as Attachment;
}

describe('sending a file', () => {
  test('puts it into the conversation whose token is sent', async () => {
    const visitor = await door.visitor();
    const file = await sent(visitor.token, `name=${encodeURIComponent('收據.png')}`);
    expect(file).toEqual({ id: expect.any(String), name: '收據.png', type: 'image/png', bytes: PNG.length });
    expect(await door.uploads.attachment(visitor.sessionId, file.id)).toEqual(file);
    const { rows } = await door.pool.query('select name_sealed, uploaded_by from uploads where id = $1', [file.id]);
    expect(rows[0].uploaded_by).toBe('customer');
    expect(rows[0].name_sealed.includes(Buffer.from('收據'))).toBe(false);
  });

  test('an agent and a signed-in customer say for which conversation', async () => {
    const own = await door.visitor(customer.token);
    for (const { token } of [agent, customer]) {
      expect(await send(token)).toMatchObject({ status: 422, body: { errors: [{ path: 'sessionId' }] } });
      expect((await send(token, `sessionId=${own.sessionId}`)).status).toBe(201);
    }
    expect((await send(stranger.token, `sessionId=${own.sessionId}`)).status).toBe(404);
    expect((await send(agent.token, `sessionId=${randomUUID()}`)).status).toBe(404);
    expect((await send(undefined, `sessionId=${own.sessionId}`)).status).toBe(401);
  });

  test('a visitor sends none into another conversation', async () => {
    const [mine, other] = await Promise.all([door.visitor(), door.visitor()]);
    expect((await send(mine.token, `sessionId=${other.sessionId}`)).status).toBe(404);
  });

  test('what it is, is told by its content', async () => {
    const { token } = await door.visitor();
    expect((await sent(token, 'name=bill.exe')).name).toBe('bill.exe.png');
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    expect(await send(token, 'name=a.png', svg)).toMatchObject({
      status: 415,
      body: { detail: expect.stringContaining('Send PNG, JPEG') },
    });
    expect((await send(token, '', Buffer.alloc(0))).status).toBe(422);
  });

  test('20 MiB are taken, one byte more is not', async () => {
    const { token } = await door.visitor();
    const whole = Buffer.alloc(MAX_UPLOAD, 'x');
    expect((await send(token, '', whole)).body).toMatchObject({ bytes: MAX_UPLOAD, type: 'text/plain' });
    expect(await send(token, '', Buffer.concat([whole, Buffer.from('x')]))).toMatchObject({
      status: 413,
      body: { detail: 'The file is larger than 20 MiB.' },
    });
  });

  test('a conversation takes 50 MB a day', async () => {
    const { token, sessionId } = await door.visitor();
    await sent(token);
    await door.pool.query('update uploads set bytes = 50000000 where session_id = $1', [sessionId]);
    expect(await send(token)).toMatchObject({ status: 429 });
    expect((await send(agent.token, `sessionId=${sessionId}`)).status).toBe(201);
    await door.pool.query(`update uploads set created_at = now() - interval '25 hours' where session_id = $1`, [
      sessionId,
    ]);
    expect((await send(token)).status).toBe(201);
  });

  test('a conversation that has ended takes none, nor one of a customer who was erased', async () => {
    const [ended, erased] = await Promise.all([door.visitor(), door.visitor()]);
    await door.pool.query(`update chat_sessions set mode = 'closed', closed_at = now() where id = $1`, [
      ended.sessionId,
    ]);
    expect((await send(ended.token)).status).toBe(409);
    const { contactId } = (await door.store.load(erased.sessionId))!;
    await door.pool.query('update contacts set data_key = null where id = $1', [contactId]);
    door.keys.forget(contactId);
    expect((await send(agent.token, `sessionId=${erased.sessionId}`)).status).toBe(409);
  });
});

describe('reading a file', () => {
  test('is for its conversation, its customer, and the desk', async () => {
    const own = await door.visitor(customer.token);
    const file = await sent(own.token, `name=${encodeURIComponent('收據 1.png')}`);
    const other = await door.visitor();
    const read = (token?: string) => door.get(`/uploads/${file.id}`, { token });
    for (const token of [own.token, customer.token, agent.token]) expect((await read(token)).status).toBe(200);
    for (const token of [other.token, stranger.token]) expect((await read(token)).status).toBe(404);
    expect((await read()).status).toBe(401);
    expect(await door.uploads.attachment(other.sessionId, file.id)).toBeUndefined();
    expect(await door.uploads.attachment(own.sessionId, 'no uuid')).toBeUndefined();
  });

  test('is a download that no browser runs', async () => {
    const { token } = await door.visitor();
    const file = await sent(token, `name=${encodeURIComponent('a"b 收據.png')}`);
    const { headers, body } = await door.get(`/uploads/${file.id}`, { token });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(PNG.length),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent('ab 收據.png')}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    expect(String(body).length).toBeGreaterThan(0);
  });

  test('of one whose bytes are gone says so', async () => {
    const { token } = await door.visitor();
    const file = await sent(token);
    await door.pool.query(`update uploads set store_key = repeat('0', 32) where id = $1`, [file.id]);
    expect((await door.get(`/uploads/${file.id}`, { token })).status).toBe(404);
    await door.pool.query('delete from uploads where id = $1', [file.id]);
  });
});

const later = (days: number): void => {
  door.clock.now = () => Date.now() + days * DAY_MS;
};
const rowsLeft = async (ids: string[]): Promise<string[]> => {
  const { rows } = await door.pool.query<{ id: string }>('select id from uploads where id = any($1) order by id', [
    ids,
  ]);
  return rows.map((row) => row.id);
};

describe('the sweep', () => {
  afterEach(() => {
    door.clock.now = Date.now;
  });
  test('removes what no message and no ticket carries, a day after it came', async () => {
    const visitor = await door.visitor();
    const [inMessage, inTicket, unused] = [
      await sent(visitor.token),
      await sent(visitor.token),
      await sent(visitor.token),
    ];
    await door.chat.say(visitor.sessionId, {
      clientId: randomUUID(),
      content: { kind: 'image', attachment: inMessage },
    });
    await door.post(`/chat/sessions/${visitor.sessionId}/ticket`, { token: agent.token, body: { subject: 'x' } });
    await door.pool.query('update tickets set uploads = $2 where session_id = $1', [visitor.sessionId, [inTicket.id]]);
    const ids = [inMessage.id, inTicket.id, unused.id];

    await door.uploads.sweep();
    expect(await rowsLeft(ids)).toEqual(ids.toSorted());

    later(1.01);
    expect(await door.uploads.sweep()).toBeGreaterThan(0);
    expect(await rowsLeft(ids)).toEqual([inMessage.id, inTicket.id].toSorted());
    expect((await door.get(`/uploads/${unused.id}`, { token: visitor.token })).status).toBe(404);
    expect((await door.get(`/uploads/${inMessage.id}`, { token: visitor.token })).status).toBe(200);
  });

  test('a ticket about a conversation has the files of what was said last', async () => {
    const visitor = await door.visitor();
    const file = await sent(visitor.token, 'name=lamp.png');
    await door.chat.say(visitor.sessionId, { clientId: randomUUID(), content: { kind: 'image', attachment: file } });
    const { body } = await door.post(`/chat/sessions/${visitor.sessionId}/ticket`, {
      token: agent.token,
      body: { subject: 'Broken lamp' },
    });
    expect(body).toMatchObject({ attachments: [file], description: '[lamp.png]' });
  });

  test('goes on where it ended, and looks at nothing twice', async () => {
    later(2);
    await door.uploads.sweep();
    const visitor = await door.visitor();
    const file = await sent(visitor.token);
    await door.chat.say(visitor.sessionId, { clientId: randomUUID(), content: { kind: 'image', attachment: file } });
    await door.uploads.sweep();
    const { rows } = await door.pool.query(`select value from settings where key = 'uploads.swept'`);
    expect(rows).toEqual([{ value: file.id }]);
    expect(await door.uploads.sweep()).toBe(0);
  });
});
