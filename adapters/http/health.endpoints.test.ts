import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';
import { outboundStates } from '#adapters/postgres/outbound-states.ts';
import type { Dialogue, TurnOutcome } from '#core/dialogue/turn.ts';
import { missing } from './health.endpoints.ts';
import { countTurns, createMetrics } from './metrics.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
});
afterAll(async () => {
  await door.close();
  expect(door.undocumented()).toEqual([]);
});

test('a process that is alive says so', async () => {
  expect(await door.get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

test('it is ready when nothing is missing, and names what is', async () => {
  expect(await door.get('/readyz')).toMatchObject({ status: 503, body: { detail: 'Not ready: knowledge.' } });
  await door.knowledge.load();
  expect(await door.get('/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  door.state.database = false;
  expect(await door.get('/readyz')).toMatchObject({ status: 503, body: { detail: 'Not ready: database.' } });
  door.state.database = true;
});

test('a check that throws has failed', async () => {
  const checks = {
    fine: async () => true,
    thrown: () => {
      throw new Error('x');
    },
    rejected: () => Promise.reject(new Error('x')),
    no: () => false,
  };
  expect(await missing(checks)).toEqual(['thrown', 'rejected', 'no']);
});

describe('metrics', () => {
  test('count requests by route and status, without an address or a name in them', async () => {
    await door.get('/knowledge/faq/00000000-0000-4000-8000-000000000000?q=secret');
    const { status, headers, body } = await door.get('/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(body).toContain(
      'frontdesk_http_request_seconds_count{method="GET",route="/knowledge/faq/:faq_id",status="404"} 1',
    );
    expect(body).toMatch(/process_resident_memory_bytes \d+/);
    expect(body).toMatch(/frontdesk_event_loop_delay_seconds\{quantile="0.99"\} \d/);
    expect(body).not.toContain('secret');
  });

  test('ask for open sockets and waiting messages when they are read', async () => {
    let sockets: Record<string, number> = { chat: 3, agent: 1 };
    const metrics = createMetrics();
    metrics.watch({ name: 'frontdesk_sockets', help: 'Open WebSockets.', label: 'kind' }, () => sockets);
    metrics.watch({ name: 'frontdesk_outbound', help: 'On their way out.', label: 'state' }, () =>
      outboundStates(door.pool),
    );
    const { sessionId } = await door.visitor();
    await door.pool.query(
      `insert into outbound (session_id, seq, author, state) values ($1, 1, 'bot', 'pending'), ($1, 2, 'bot', 'sent')`,
      [sessionId],
    );
    const text = await metrics.text();
    for (const line of [
      'frontdesk_sockets{kind="chat"} 3',
      'frontdesk_outbound{state="pending"} 1',
      'frontdesk_outbound{state="uncertain"} 0',
    ])
      expect(text).toContain(line);
    expect(text).not.toContain('state="sent"');
    sockets = { chat: 1 };
    expect(await metrics.text()).not.toContain('kind="agent"');
    metrics.close();
  });

  test('count each turn once, where it was decided, and the rung that understood each message', async () => {
    const metrics = createMetrics();
    const outcome = (faults: string[]): TurnOutcome =>
      ({ faults, understood: new Map([[2, { rung: 'classifier', took: 0.5 }]]) }) as unknown as TurnOutcome;
    const nothing = {} as never;
    const counted = (dialogue: Partial<Dialogue>): Dialogue => countTurns(dialogue as Dialogue, metrics);

    expect(counted({ runNow: () => undefined }).runNow(nothing, nothing)).toBeUndefined();
    counted({ runNow: () => outcome([]) }).runNow(nothing, nothing);
    await counted({ run: async () => outcome(['the flow broke']) }).run(nothing, nothing);
    await expect(counted({ run: () => Promise.reject(new Error('x')) }).run(nothing, nothing)).rejects.toThrow('x');

    const text = await metrics.text();
    for (const result of ['done', 'fault', 'failed'])
      expect(text).toContain(`frontdesk_turn_seconds_count{result="${result}"} 1`);
    expect(text).toContain('frontdesk_understanding_seconds_count{rung="classifier"} 2');
    metrics.close();
  });

  test('two of them share nothing', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.understood({ rung: 'x', ms: 1 });
    expect(await other.text()).not.toContain('rung="x"');
    one.close();
    other.close();
  });
});
