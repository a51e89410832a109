import type { KnowledgeHit } from '#core/knowledge/hit.ts';
import { ask, notUnderstood, runLocally, runWaiting, type Answers, type Asking } from './requests.ts';
import type { LocalLookups, Lookups } from './turn.ts';

const UNDERSTAND = { text: '好', locale: 'zh-TW', before: [], slots: {} } as const;
const SEARCH = { text: '好', locale: 'zh-TW', limit: 1 } as const;
const HIT = { exact: true } as KnowledgeHit;

const never = (): never => {
  throw new Error('This was not to be asked.');
};
const lookups = (some: Partial<Lookups>): Lookups => ({
  understand: never,
  search: never,
  http: never,
  desk: never,
  ticketNumber: never,
  ticket: never,
  ...some,
});

function* asking(enough?: (answers: Answers) => boolean): Asking<Answers> {
  return yield {
    requests: [
      { name: 'search', args: [SEARCH] },
      { name: 'understand', args: [UNDERSTAND] },
    ],
    ...(enough && { enough }),
  };
}
function* number(): Asking<string> {
  return yield* ask('ticketNumber');
}

test('inside the process a turn gives up as soon as something is only known outside', () => {
  const local = lookups({ search: () => [HIT] }) as unknown as LocalLookups;
  expect(runLocally(asking(), { ...local, understand: () => undefined })).toBeUndefined();
  expect(runLocally(number(), { ...local, ticketNumber: () => 'T-7' })).toBe('T-7');
});

test('look-ups of one batch run beside each other', async () => {
  let open = 0;
  let most = 0;
  const slow = async <Value>(value: Value): Promise<Value> => {
    open += 1;
    most = Math.max(most, open);
    await new Promise(setImmediate);
    open -= 1;
    return value;
  };
  await runWaiting(asking(), lookups({ search: () => slow([HIT]), understand: () => slow(notUnderstood()) }));
  expect(most).toBe(2);
});

const exactly = ([hits]: Answers): boolean => (hits as readonly KnowledgeHit[] | undefined)?.[0]?.exact === true;

test('what is enough is not kept waiting', async () => {
  const search = async (): Promise<KnowledgeHit[]> => [HIT];
  const answers = await runWaiting(asking(exactly), lookups({ search, understand: () => new Promise(() => {}) }));
  expect(answers).toEqual([[HIT], undefined]);
});

test('where the process itself knows enough, nobody else is asked', async () => {
  expect(await runWaiting(asking(exactly), lookups({ search: () => [HIT] }))).toEqual([[HIT], undefined]);
});

test('a search, an understanding or a call that fails is stood in for', async () => {
  const failing = lookups({ http: async () => Promise.reject(new Error('down')) });
  expect(await runWaiting(asking(), failing)).toEqual([[], notUnderstood()]);
  expect(await runWaiting(ask('http', { url: 'http://x', timeoutMs: 1 }), failing)).toEqual({
    ok: false,
    status: null,
  });
});

test('what cannot be done without fails the turn, so that it is tried again', async () => {
  await expect(
    runWaiting(number(), lookups({ ticketNumber: async () => Promise.reject(new Error('no database')) })),
  ).rejects.toThrow('no database');
});
