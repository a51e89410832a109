import { jest } from '@jest/globals';
import { openFrontDoor, type FrontDoor } from '#test/support/front-door.ts';
import { missing } from './health.endpoints.ts';
import { createMetrics } from './metrics.ts';

jest.setTimeout(60_000);
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

  test('count turns, rungs and faults, and ask for open sockets and waiting messages when read', async () => {
    let sockets: Record<string, number> = { chat: 3, agent: 1 };
    const metrics = createMetrics({ sockets: () => sockets, outbound: async () => ({ pending: 2 }) });
    metrics.turn({ result: 'written', ms: 4 });
    metrics.understood({ rung: 'classifier', ms: 0.5 });
    metrics.fault('turn');
    const text = await metrics.text();
    for (const line of [
      'frontdesk_turn_seconds_bucket{le="0.005",result="written"} 1',
      'frontdesk_understanding_seconds_count{rung="classifier"} 1',
      'frontdesk_faults_total{part="turn"} 1',
      'frontdesk_sockets{kind="chat"} 3',
      'frontdesk_outbound{state="pending"} 2',
    ])
      expect(text).toContain(line);
    sockets = { chat: 1 };
    expect(await metrics.text()).not.toContain('kind="agent"');
    metrics.close();
  });

  test('two of them share nothing', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.fault('x');
    expect(await other.text()).not.toContain('part="x"');
    one.close();
    other.close();
  });
});
