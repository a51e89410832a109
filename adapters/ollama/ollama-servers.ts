import { Busy } from '#core/understanding/semaphore.ts';
import { OllamaFault } from './ollama-fault.ts';
import {
  createOllamaServer,
  type OllamaLog,
  type OllamaServer,
  type ServerStatus,
  type Task,
} from './ollama-server.ts';

/** What one asks while it has a place at a server. */
export type Chat = OllamaServer['chat'];

/** How it stands with the model, for `/readyz` and for the people at the desk. */
type OllamaStatus = {
  model: string;
  /** `degraded`: some servers do not answer. `away`: none does, and everything is answered without a model. */
  state: 'ready' | 'degraded' | 'loading' | 'away';
  servers: readonly ServerStatus[];
};

/** The servers that have one model, the least busy asked first. */
export type OllamaServers = {
  model: string;
  /** Room for a prompt and its answer together. */
  contextTokens: number;
  /** Whether a server may be asked now. Where one may soon, its model begins to load. */
  ready: (task: Task) => boolean;
  /**
   * Does `work` at a server, when a place is free there, and lets its breaker know how it ended. Rejects with an
   * `OllamaFault`, with `Busy`, or with the signal's reason. `unlike`: a server to ask only if there is no other.
   */
  run: <T>(
    task: Task,
    signal: AbortSignal,
    work: (chat: Chat, server: string) => Promise<T>,
    unlike?: string,
  ) => Promise<T>;
  /** Loads the model everywhere. Resolves when each server has it or cannot have it: `status` tells. */
  warmUp: () => Promise<void>;
  status: () => OllamaStatus;
  /** Ends what goes on by itself; nothing is asked any more. */
  stop: () => void;
};

/** `urls`: at least one. `parallel`: what each serves at once (its `OLLAMA_NUM_PARALLEL`). */
export function createOllamaServers(tools: {
  urls: readonly string[];
  model: string;
  log: OllamaLog;
  parallel?: number;
  contextTokens?: number;
  now?: () => number;
  within?: (ms: number) => AbortSignal;
}): OllamaServers {
  const { urls, model, log, parallel = 1, contextTokens = 4_096, now = () => performance.now() } = tools;
  const { within = (ms: number) => AbortSignal.timeout(ms) } = tools;
  const stop = new AbortController();
  const servers = urls.map((url) =>
    createOllamaServer({ url, model, parallel, contextTokens, now, within, stopped: stop.signal, log }),
  );
  let turn = 0;

  /** The least busy; among equals each in its turn. */
  function pick(task: Task, unlike?: string): OllamaServer | undefined {
    const all = servers.filter((server) => server.usable(task));
    const others = all.filter(({ url }) => url !== unlike);
    const usable = others.length > 0 ? others : all;
    const least = Math.min(...usable.map(busy));
    const free = usable.filter((server) => busy(server) === least);
    return free[turn++ % Math.max(1, free.length)];
  }

  return {
    model,
    contextTokens,
    // Each is asked, so that each that may begin to load does.
    ready: (task) => servers.map((server) => server.usable(task)).includes(true),
    async run(task, signal, work, unlike) {
      const server = pick(task, unlike);
      if (!server) throw new OllamaFault('away', `No server can be asked now: ${servers.map(saysOf).join(' ')}`);
      const leave = await server.semaphore.enter(signal);
      const pass = server.breaker(task).enter();
      if (!pass) {
        leave();
        throw new OllamaFault('away', 'It began to fail while others waited.');
      }
      try {
        const result = await work(server.chat, server.url);
        pass.succeeded();
        return result;
      } catch (error) {
        // A caller who goes away says nothing about the server; one whose time is over does.
        const left = signal.aborted && !isTimeout(signal.reason);
        if (left) pass.abandoned();
        else pass.failed();
        throw error;
      } finally {
        leave();
      }
    },
    async warmUp() {
      await Promise.all(servers.map((server) => server.warmUp()));
    },
    status() {
      const each = servers.map((server) => server.status());
      const ready = each.filter(({ state }) => state === 'ready').length;
      const loading = each.some(({ state }) => state === 'loading' || state === 'unknown');
      const some = ready > 0 ? 'degraded' : loading ? 'loading' : 'away';
      return { model, state: ready === each.length ? 'ready' : some, servers: each };
    },
    stop: () => stop.abort(new Error('Frontdesk stops.')),
  };
}

const busy = ({ semaphore }: OllamaServer): number => semaphore.load().inside + semaphore.load().waiting;

const saysOf = (server: OllamaServer): string => {
  const { url, state, says } = server.status();
  return `${url} is ${state}${says && ` (${says})`}.`;
};

const isTimeout = (reason: unknown): boolean =>
  typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';

/** Whether a fault may be gone at another server, or at the next try. */
export const isWorthAnotherTry = (error: unknown): boolean =>
  !(error instanceof Busy) &&
  error instanceof OllamaFault &&
  ['unreachable', 'refused', 'invalid'].includes(error.kind);
