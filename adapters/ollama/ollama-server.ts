import { Ollama, type Message } from 'ollama';
import { z } from 'zod';
import { BREAKER, createBreaker, type Breaker } from '#core/understanding/breaker.ts';
import { createSemaphore, type Semaphore } from '#core/understanding/semaphore.ts';
import { OllamaFault } from './ollama-fault.ts';
import { strictFetch } from './strict-fetch.ts';

/** What a server is asked for; each kind of work is judged by its own breaker. */
export type Task = 'intent' | 'answer';

/** One thing for the model to write. `format`: the JSON schema that its answer has. `most`: in tokens. */
type ChatRequest = { messages: Message[]; format?: object; most: number; temperature: number };

/** A piece of the model's text. The last one has `end`: `length` means that it was cut off. */
type ChatPart = { text: string; end?: 'stop' | 'length' };

/** One server, or where it stands. `failing`: it is there, and its breaker is open. */
type ServerState = 'unknown' | 'loading' | 'ready' | 'failing' | OllamaFault['kind'];

export type ServerStatus = {
  /** Without user and password. */
  url: string;
  state: ServerState;
  /** What to do about it; empty when there is nothing to do. */
  says: string;
  running: number;
  waiting: number;
};

/** One Ollama server with its model. */
export type OllamaServer = {
  url: string;
  /** Whether it may be asked now. Where it may soon, its model begins to load. */
  usable: (task: Task) => boolean;
  /** Loads the model and waits for it. Never rejects: `status` tells. */
  warmUp: () => Promise<void>;
  chat: (request: ChatRequest, signal: AbortSignal) => AsyncGenerator<ChatPart, void, void>;
  semaphore: Semaphore;
  breaker: (task: Task) => Breaker;
  status: () => ServerStatus;
};

export type OllamaLog = { info: (message: string) => void; warn: (message: string) => void };

/** A 14 B model on a slow disk takes up to a minute. */
const LOADING_MS = 180_000;
/** Ollama lets nobody in earlier than it has to; whoever waits longer gets an answer without a model. */
const LONGEST_WAIT_MS = 1_000;

const Shown = z.object({ capabilities: z.array(z.string()).optional() });
const Part = z.object({
  message: z.object({ content: z.string().default('') }).optional(),
  done: z.boolean(),
  done_reason: z.string().optional(),
});

/** A server that is loaded when first needed. `parallel` is its `OLLAMA_NUM_PARALLEL`, `contextTokens` the size of prompt and answer together. */
export function createOllamaServer(tools: {
  url: string;
  model: string;
  parallel: number;
  contextTokens: number;
  now: () => number;
  within: (ms: number) => AbortSignal;
  /** Aborts what it does by itself. */
  stopped: AbortSignal;
  log: OllamaLog;
}): OllamaServer {
  const { model, parallel, contextTokens, now, within, stopped, log } = tools;
  const { host, shown, headers } = addressOf(tools.url);
  const semaphore = createSemaphore({ places: parallel, line: 2 * parallel, waitMs: LONGEST_WAIT_MS, within });
  const breakers: Record<Task, Breaker> = { intent: newBreaker('intent'), answer: newBreaker('answer') };
  /** One failed attempt to load is enough to wait with the next one. */
  const loads = createBreaker({ now, settings: { ...BREAKER, inARow: 1, probes: 1 } });
  let state: ServerState = 'unknown';
  let says = '';
  let thinks = false;
  let loading: Promise<void> | undefined;

  function newBreaker(task: Task): Breaker {
    return createBreaker({
      now,
      onChange: (breaker) => {
        // Whatever it was, the model may have left its memory: a customer must not wait for it to come back.
        if (breaker === 'open') become('failing', `Too many failures (${task}): it is left alone for a while.`);
        if (breaker === 'closed') log.info(`Ollama at ${shown} answers again (${task}).`);
      },
    });
  }

  function become(next: ServerState, words: string): void {
    if (next !== state && words !== '') log.warn(`Ollama at ${shown}: ${words}`);
    state = next;
    says = words;
  }

  const clientFor = (signal: AbortSignal): Ollama => new Ollama({ host, headers, fetch: strictFetch(signal) });

  async function load(signal: AbortSignal): Promise<void> {
    const { capabilities } = Shown.parse(await clientFor(signal).show({ model }));
    if (capabilities && !capabilities.includes('completion'))
      throw new OllamaFault('unsuited', `${model} writes no text (it can: ${capabilities.join(', ')}).`);
    thinks = capabilities?.includes('thinking') ?? false;
    const hello = { messages: [{ role: 'user', content: 'hi' }], most: 1, temperature: 0 };
    for await (const _ of chat(hello, signal)) continue;
  }

  async function loadOnce(): Promise<void> {
    const pass = loads.enter();
    if (!pass) return;
    const begun = now();
    state = 'loading';
    try {
      await load(AbortSignal.any([stopped, within(LOADING_MS)]));
      pass.succeeded();
      become('ready', '');
      log.info(`Ollama at ${shown} has ${model} loaded, after ${Math.round(now() - begun)} ms.`);
    } catch (error) {
      if (stopped.aborted) return pass.abandoned();
      pass.failed();
      state = 'loading'; // Said again each time: somebody may be reading the log to find out.
      const fault = error instanceof OllamaFault ? error : new OllamaFault('unreachable', String(error));
      become(fault.kind, remedy(fault, model));
    }
  }

  const warmUp = (): Promise<void> =>
    (loading ??= loadOnce().finally(() => {
      loading = undefined;
    }));

  async function* chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatPart, void, void> {
    const { messages, format, most, temperature } = request;
    const early = new AbortController();
    let ended = false;
    try {
      const stream = await clientFor(AbortSignal.any([signal, early.signal])).chat({
        model,
        messages,
        stream: true, // The package aborts nothing else.
        ...(format && { format }),
        ...(thinks && { think: false }),
        // A model that was unloaded is not back within anybody's budget.
        keep_alive: -1,
        // One size for all: with another one Ollama loads the model again.
        options: { temperature, num_predict: most, num_ctx: contextTokens },
      });
      for await (const given of stream) {
        const part = Part.parse(given);
        ended = part.done;
        const end = part.done_reason === 'length' ? 'length' : 'stop';
        yield { text: part.message?.content ?? '', ...(part.done && { end }) };
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OllamaFault) throw error;
      if (error instanceof z.ZodError) throw new OllamaFault('invalid', 'Its answer is no part of a chat.');
      throw new OllamaFault('unreachable', 'Its answer broke off.', { cause: error });
    } finally {
      if (!ended) early.abort();
    }
  }

  return {
    url: shown,
    usable(task) {
      const breaker = breakers[task];
      if (state === 'ready') return breaker.allows() && semaphore.hasRoom();
      if (breaker.state() !== 'open' && loads.allows() && !stopped.aborted) void warmUp();
      return false;
    },
    warmUp,
    chat,
    semaphore,
    breaker: (task) => breakers[task],
    status: () => ({ url: shown, state, says, running: semaphore.load().inside, waiting: semaphore.load().waiting }),
  };
}

/** `fetch` takes no user and password in an address: they become a header. */
function addressOf(url: string): { host: string; shown: string; headers: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  address.username = '';
  address.password = '';
  const host = address.href.replace(/\/$/, '');
  if (username === '') return { host, shown: host, headers: {} };
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { host, shown: host, headers: { Authorization: `Basic ${Buffer.from(account).toString('base64')}` } };
}

function remedy(fault: OllamaFault, model: string): string {
  switch (fault.kind) {
    case 'missing-model':
      return `it has no model ${model}. Get it with: ollama pull ${model}`;
    case 'unsuited':
      return `${fault.message} Set OLLAMA_MODEL to one that chats, such as qwen3:14b.`;
    default:
      return `${fault.message} Until it is back, messages are understood without a model.`;
  }
}
