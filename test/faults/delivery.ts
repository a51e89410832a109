import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '#adapters/postgres/embedded/embedded-postgres.ts';
import { placesFor } from '#adapters/postgres/embedded/places.ts';
import { postmasterPid } from '#adapters/postgres/embedded/stale-locks.ts';
import { migrate } from '#adapters/postgres/orm.ts';
import { inTransaction, insertMessages, insertOutbound } from '#adapters/postgres/statements.ts';
import { ourRow } from '#adapters/postgres/turn-rows.ts';
import { createVerdict, type Verdict } from './checker.ts';
import { createFleet, type Post } from './fleet.ts';
import { COMPILE_CACHE } from './ground.ts';
import { planBlows, strike, type Blows } from './nemesis.ts';
import { openOutbox } from './outbox-tools.ts';
import { startPlatform } from './platform.ts';
import { createRandom } from './random.ts';
import { untilItAnswers } from './patience.ts';

/** What became of messages on their way to platforms that take them and say that they failed. */
export type DeliveryReport = Pick<Verdict, 'violations' | 'samples'> & {
  seed: number;
  dealt: Blows;
  messages: number;
  calls: number;
  /** Messages whose fate was unknown at some time. */
  doubtful: number;
  /** Read twice by the users of a platform that cannot be asked: each of them was doubtful, and is counted. */
  doubled: number;
};

const WORKERS = 3;
const CONVERSATIONS_EACH = 20;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

type OutboxRow = { session_id: string; seq: number; channel: string; state: string; doubts: number };

/** Workers are killed and frozen while they send; then what users read is held against the outbox. */
export async function runDelivery(options: {
  root: string;
  seed: number;
  durationMs: number;
  blows: Blows;
  graceMs: number;
}): Promise<DeliveryReport> {
  const random = createRandom(options.seed);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frontdesk-faults-'));
  const dataDir = path.join(folder, 'postgres');
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: 100 }, log: quiet });
  await migrate(postgres.connection);
  const outbox = openOutbox(postgres.connection, keys);
  const { pool, sealing, uuid } = outbox;
  const tools = { sealing, uuid, now: () => new Date(), mask: (text: string) => text };
  const platform = await startPlatform(random.fork('platform'));

  async function converse(channel: string): Promise<string> {
    const [id, contact] = [uuid(), uuid()];
    await pool.query(`insert into contacts (id, data_key, locale) values ($1, $2, 'en')`, [
      contact,
      sealing.newKey().wrapped,
    ]);
    await pool.query(
      `insert into chat_sessions (id, contact_id, channel, connection, conversation_key, locale) values ($1, $2, $3, 'main', $1::uuid::text, 'en')`,
      [id, contact, channel],
    );
    return id;
  }

  /** A message of the bot's; when its commit is unknown, another one is none the worse. */
  const say = (id: string): Promise<void> =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ seq: number; contact_id: string }>(
        'update chat_sessions set seq = seq + 1 where id = $1 returning seq, contact_id',
        [id],
      );
      const { seq, contact_id: contact } = rows[0]!;
      const key = await sealing.keyOf(contact);
      const content = { kind: 'text', text: `Message ${seq}` } as const;
      const made = ourRow(tools, key!, { contact: {} }, { seq, content, inReplyTo: [], now: new Date() });
      await insertMessages(client, id, [made.row]);
      await insertOutbound(client, id, [made.row], new Date(Date.now() + 3_600_000));
    });

  const posts = Array.from({ length: WORKERS }, (_, index): Post => ({
    name: `sender-${index + 1}`,
    role: 'worker',
    port: 0,
    env: {},
    front: false,
  }));
  const fleet = createFleet({
    root: options.root,
    logs: folder,
    command: () => ['test/faults/delivery-worker.ts'],
    env: {
      FAULTS_DATABASE: JSON.stringify(postgres.connection),
      FAULTS_KEYS: keys,
      FAULTS_PLATFORM: platform.url,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    },
  });
  try {
    fleet.add(posts);
    const conversations: string[] = [];
    for (const channel of ['slack', 'telegram'])
      for (let n = 0; n < CONVERSATIONS_EACH; n++) conversations.push(await converse(channel));
    await fleet.allReady(30_000);
    const quietNow = new AbortController();
    const talk = async (): Promise<void> => {
      while (!quietNow.signal.aborted) {
        await say(random.pick(conversations)).catch(() => {});
        await pause(random.wait(20));
      }
    };
    const talks = Promise.all([talk(), talk(), talk()]);
    const began = performance.now();
    const dealt = await strike(
      planBlows(options.blows, options.durationMs, random.fork('plan')),
      {
        fleet,
        postmaster: () => postmasterPid(placesFor(dataDir)),
        backends: async () => [],
        flushRedis: async () => {},
      },
      random.fork('strike'),
    );
    await pause(Math.max(0, began + options.durationMs - performance.now()));
    quietNow.abort();
    await talks;
    platform.calmDown();
    const end = performance.now() + options.graceMs;
    const open = `select count(*)::int as open from outbound where state in ('pending', 'attempting') or (state = 'uncertain' and next_at < 'infinity')`;
    while (performance.now() < end) {
      const left = await pool.query<{ open: number }>(open).catch(() => undefined);
      if (left?.rows[0]!.open === 0) break;
      await pause(100);
    }
    const { rows } = await untilItAnswers(() =>
      pool.query<OutboxRow>(
        `select o.session_id, o.seq, s.channel, o.state, o.doubts from outbound o join chat_sessions s on s.id = o.session_id order by o.session_id, o.seq`,
      ),
    );
    const { verdict, doubled } = judge(rows, platform.shown());
    return {
      violations: verdict.violations,
      samples: verdict.samples,
      seed: options.seed,
      dealt,
      messages: rows.length,
      calls: platform.calls(),
      doubtful: rows.filter(({ doubts }) => doubts > 0).length,
      doubled,
    };
  } finally {
    await fleet.stop();
    await pool.end();
    await platform.stop();
    await postgres.stop();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

function judge(rows: readonly OutboxRow[], shown: readonly { place: string; key: string }[]) {
  const verdict = createVerdict();
  const times = new Map<string, number>();
  const latest = new Map<string, number>();
  for (const { place, key } of shown) {
    times.set(key, (times.get(key) ?? 0) + 1);
    const seq = Number(key.split(':')[1]);
    if (times.get(key) === 1 && seq < (latest.get(place) ?? 0))
      verdict.add('out of order', `${key} was read behind ${latest.get(place)}`);
    latest.set(place, Math.max(seq, latest.get(place) ?? 0));
  }
  let doubled = 0;
  for (const { session_id: id, seq, channel, state, doubts } of rows) {
    const key = `${id}:${seq}`;
    const read = times.get(key) ?? 0;
    if (state === 'sent' ? read === 0 : state !== 'uncertain')
      verdict.add(state === 'sent' ? 'lost' : 'stuck', `${channel} ${key} is ${state}, read ${read} times`);
    if (read < 2) continue;
    // A platform that can be asked is asked. Another one may show a doubtful message twice, and only such a one.
    if (channel === 'slack' || doubts === 0 || read > 2)
      verdict.add('sent twice', `${channel} ${key}: ${read} times, ${doubts} doubts`);
    else doubled++;
  }
  return { verdict, doubled };
}
