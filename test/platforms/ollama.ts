import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { FAULTS, writeForEver, type OllamaFaultMode } from './ollama-faults.ts';
import { messagesIn, type FakeModel } from './ollama-model.ts';

const ChatBody = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).default([]),
  stream: z.boolean().default(true),
  format: z.unknown().optional(),
  think: z.boolean().optional(),
  keep_alive: z.union([z.number(), z.string()]).optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});
/** A chat as the server was asked for it. */
export type OllamaChat = z.infer<typeof ChatBody>;

const Schema = z.object({
  type: z.literal('object'),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** A model that the server has. */
export type OllamaModel = { name: string; capabilities: readonly string[] };

/** What happened at the server. */
type OllamaLedger = {
  /** Every request, as `POST /api/chat`. */
  requests: string[];
  /** Questions and other chats in the order in which they came, the loading of the model left out. */
  chats: OllamaChat[];
  /** Authorization headers, where there were any. */
  authorizations: string[];
  /** Requests that the client broke off. */
  aborted: number;
  /** How often a model was loaded because another size of context was asked for. */
  loads: number;
};

export type FakeOllama = {
  url: string;
  ledger: OllamaLedger;
  /** Spoils the answers from now on; null: none. The loading of the model is spoiled only by `all`. */
  fail: (mode: OllamaFaultMode | null, scope?: 'chats' | 'all') => void;
  /** Removes the model, or brings it back. */
  setModels: (models: readonly OllamaModel[]) => void;
  /** Resolves when so many chats have arrived since the start. */
  chatsArrived: (count: number) => Promise<void>;
  /** Resolves when the client has broken off so many requests since the start. */
  abortsSeen: (count: number) => Promise<void>;
  /** Ends the server and cuts its connections. */
  stop: () => Promise<void>;
};

const QWEN: OllamaModel = { name: 'qwen3:14b', capabilities: ['completion', 'tools', 'thinking'] };

/**
 * A server that speaks Ollama's API (as observed with 0.24) on a port of its own. Its model is the function `choose`;
 * `write` answers chats without a schema. `parallel` chats are served at once, the others wait, as Ollama has it.
 */
export async function startOllama(
  options: {
    choose?: FakeModel;
    write?: (chat: OllamaChat) => string;
    models?: readonly OllamaModel[];
    parallel?: number;
    /** Milliseconds before each token of the mode `slow`. */
    tokenMs?: number;
    port?: number;
  } = {},
): Promise<FakeOllama> {
  const { choose = () => 'none', write = () => 'Hello.', parallel = 1, tokenMs = 100 } = options;
  const ledger: OllamaLedger = { requests: [], chats: [], authorizations: [], aborted: 0, loads: 0 };
  const watchers = new Set<() => void>();
  const queue: (() => void)[] = [];
  let models = options.models ?? [QWEN];
  let fault: { mode: OllamaFaultMode; scope: 'chats' | 'all' } | null = null;
  let loadedContext: unknown;
  let previous: string | undefined;
  let running = 0;

  const changed = (): void => watchers.forEach((watcher) => watcher());

  function until(holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (!holds()) return;
      watchers.delete(look);
      resolve();
    };
    watchers.add(look);
    look();
    return promise;
  }

  /** Waits for its turn, as Ollama lets a model do one thing at a time. */
  async function place(): Promise<() => void> {
    if (running >= parallel) await new Promise<void>((resolve) => void queue.push(resolve));
    running++;
    return () => {
      running--;
      queue.shift()?.();
    };
  }

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = ChatBody.parse(JSON.parse(await bodyOf(request)));
    const model = models.find(({ name }) => name === body.model);
    if (!model) return refuse(response, 404, `model '${body.model}' not found`);
    if (body.think && !model.capabilities.includes('thinking'))
      return refuse(response, 400, `"${body.model}" does not support thinking`);
    const schema = Schema.safeParse(body.format);
    if (body.format !== undefined && body.format !== 'json' && !schema.success)
      return refuse(response, 500, 'invalid JSON schema in format');
    const loading = body.options['num_predict'] === 1;
    if (body.options['num_ctx'] !== loadedContext) ledger.loads++;
    loadedContext = body.options['num_ctx'];
    if (!loading) ledger.chats.push(body);
    changed();

    const text = schema.success ? answerTo(body, schema.data.properties) : loading ? 'Hi' : write(body);
    const before = previous;
    if (schema.success) previous = text;
    const leave = await place();
    try {
      if (response.destroyed) return;
      const mode = fault && (fault.scope === 'all' || !loading) ? fault.mode : null;
      if (mode === 'hang') return await closed(response);
      if (mode && mode in FAULTS) {
        const { key, names } = askedFor(schema.success ? schema.data.properties : {});
        FAULTS[mode as keyof typeof FAULTS]({
          response,
          line: lineOf(body.model),
          right: text,
          previous: before,
          key,
          names,
        });
        return await closed(response);
      }
      await stream(response, body, text, mode);
    } finally {
      leave();
    }
  }

  function answerTo(body: OllamaChat, properties: Record<string, Record<string, unknown>>): string {
    const user = body.messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const system = body.messages.find(({ role }) => role === 'system')?.content ?? '';
    const { key, names } = askedFor(properties);
    const chosen = choose({ system, user, ...messagesIn(user), candidates: names.filter((name) => name !== 'none') });
    const { intent, slots } = typeof chosen === 'string' ? { intent: chosen, slots: {} } : chosen;
    const values: Record<string, string> = { ...slots, [key]: intent };
    return JSON.stringify(Object.fromEntries(Object.keys(properties).map((name) => [name, values[name] ?? ''])));
  }

  /** One token a line, as it is; the last line carries the counts, durations in nanoseconds. */
  async function stream(
    response: ServerResponse,
    body: OllamaChat,
    text: string,
    mode: OllamaFaultMode | null,
  ): Promise<void> {
    const line = lineOf(body.model);
    const limit = typeof body.options['num_predict'] === 'number' ? body.options['num_predict'] : Infinity;
    const tokens = text.match(/[\s\S]{1,4}/gu) ?? [];
    const end = tokens.length > limit ? 'length' : 'stop';
    if (!body.stream) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(line(text, end));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const token of tokens.slice(0, limit)) {
      if (response.destroyed) return;
      response.write(line(token));
      if (mode === 'drip') return closed(response);
      if (mode === 'slow') await pause(tokenMs);
    }
    if (mode === 'blanks') {
      writeForEver(response, line('    '));
      return closed(response);
    }
    response.end(line('', end));
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://ollama');
    const route = `${request.method} ${pathname}`;
    ledger.requests.push(route);
    if (request.headers.authorization) ledger.authorizations.push(request.headers.authorization);
    response.on('close', () => {
      if (!response.writableFinished) ledger.aborted++;
      changed();
    });
    respond(route, request, response).catch((error: unknown) => refuse(response, 400, String(error)));
  });

  async function respond(route: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (route) {
      case 'POST /api/chat':
        return chat(request, response);
      case 'POST /api/show': {
        if (fault?.scope === 'all' && fault.mode === 'hang') return closed(response);
        const { model } = z.object({ model: z.string() }).parse(JSON.parse(await bodyOf(request)));
        const found = models.find(({ name }) => name === model);
        if (!found) return refuse(response, 404, `model '${model}' not found`);
        return json(response, 200, { details: { family: 'qwen3' }, capabilities: found.capabilities });
      }
      case 'GET /api/tags':
        return json(response, 200, { models: models.map(({ name }) => ({ name, model: name })) });
      case 'GET /api/version':
        return json(response, 200, { version: '0.24.0' });
      default:
        return refuse(response, 404, '404 page not found');
    }
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ledger,
    fail: (mode, scope = 'chats') => void (fault = mode && { mode, scope }),
    setModels: (given) => void (models = given),
    chatsArrived: (count) => until(() => ledger.chats.length >= count),
    abortsSeen: (count) => until(() => ledger.aborted >= count),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The property with names to choose from, as a model bound by the schema sees it. */
function askedFor(properties: Record<string, Record<string, unknown>>): { key: string; names: string[] } {
  const [key = 'intent', property] =
    Object.entries(properties).find(([, { enum: names }]) => Array.isArray(names)) ?? [];
  return { key, names: z.array(z.string()).catch([]).parse(property?.['enum']) };
}

const lineOf =
  (model: string) =>
  (content: string, end?: 'stop' | 'length'): string =>
    `${JSON.stringify({
      model,
      created_at: '2026-11-24T00:00:00.000000000Z',
      message: { role: 'assistant', content },
      done: end !== undefined,
      ...(end && {
        done_reason: end,
        total_duration: 1_204_113_459,
        load_duration: 31_290_042,
        prompt_eval_count: 812,
        prompt_eval_duration: 402_117_000,
        eval_count: 18,
        eval_duration: 701_332_000,
      }),
    })}\n`;

function json(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

const refuse = (response: ServerResponse, status: number, error: string): void => json(response, status, { error });

const closed = (response: ServerResponse): Promise<void> =>
  response.closed ? Promise.resolve() : new Promise((resolve) => response.once('close', resolve));

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
