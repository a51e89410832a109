import { createOllamaIntents } from '#adapters/ollama/ollama-intents.ts';
import { createOllamaServers, type OllamaServers } from '#adapters/ollama/ollama-servers.ts';
import type { Rung } from '#core/understanding/understood.ts';
import type { Understanding } from '#core/understanding/understand.ts';
import { scriptedModel } from '#test/platforms/ollama-model.ts';
import { startOllama, type FakeOllama } from '#test/platforms/ollama.ts';
import { createDemoTalks, demoConversations } from './demo-conversations.ts';
import { demoUnderstanding } from './demo-understanding.ts';
import { rehearse } from './rehearse.ts';

const conversations = demoConversations();
const talk = createDemoTalks();
const log: string[] = [];
const faults: unknown[] = [];
/** What the model says is held here; what becomes of it when it is late is held beside the ladder. */
const forEver = (): AbortSignal => new AbortController().signal;

let ollama: FakeOllama;
let servers: OllamaServers;
let understanding: Understanding;
beforeAll(async () => {
  ollama = await startOllama({ choose: scriptedModel() });
  const say = (message: string): void => void log.push(message);
  servers = createOllamaServers({
    urls: [ollama.url],
    model: 'qwen3:14b',
    log: { info: say, warn: say },
    within: forEver,
  });
  await servers.warmUp();
  understanding = demoUnderstanding({
    model: createOllamaIntents({ servers }),
    // The model is asked about everything that is no command.
    skipModelAbove: 1,
    within: forEver,
    onFault: (error) => void faults.push(error),
  });
});
afterAll(async () => {
  servers.stop();
  await ollama.stop();
});

describe.each(['zh-TW', 'en'] as const)('the conversations in %s, with a model', (locale) => {
  const rungs = new Set<Rung>();
  const own = conversations.filter((one) => one.locale === locale);
  test.each(own.map((one) => [one.transcript.title, one.file, one.transcript] as const))(
    '%s (%s)',
    async (_, file, transcript) => {
      const onUnderstood = ({ rung }: { rung: Rung }): void => void rungs.add(rung);
      await rehearse(file, transcript, talk({ understanding, locale, inProcess: false, onUnderstood }));
    },
  );

  test('the model decided what no command did, and nobody had to stand in for it', () => {
    expect(rungs).toContain('model');
    expect(rungs).not.toContain('fallback');
  });
});

test('the server was asked over HTTP for every question, and answered each', () => {
  expect(ollama.ledger.chats.length).toBeGreaterThan(100);
  expect(ollama.ledger.aborted).toBe(0);
  expect(faults).toEqual([]);
  expect(servers.status()).toMatchObject({ state: 'ready' });
});
