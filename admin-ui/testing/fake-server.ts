import { AgentClientFrame, AgentServerFrame } from '#core/desk/desk.schema.ts';
import type { Socket } from '../src/lib/live.ts';

/** A request as the fake server got it. */
type Asked = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Readonly<Record<string, string>>;
};

/** Gives the body of a 200, nothing (204), or `refuse(…)`; a promise of any of them holds the answer back. */
type Route = (asked: Asked) => unknown;

class Refusal {
  readonly status: number;
  readonly detail: string;
  constructor(status: number, detail: string) {
    this.status = status;
    this.detail = detail;
  }
}

/** An answer of `application/problem+json`; status 0: the network fails. */
export const refuse = (status: number, detail = 'refused'): Refusal => new Refusal(status, detail);

/** A server that a test writes as it needs it: HTTP routes by `METHOD /path`, and one live line per page. */
export type FakeServer = {
  fetch: typeof fetch;
  open: () => Socket;
  /** Sets or replaces a route; the path may end in `*`. */
  on: (route: string, answer: Route) => void;
  /** Everything that was asked, the oldest first. */
  asked: Asked[];
  /** Frames that the page sent. */
  heard: AgentClientFrame[];
  /** Sends a frame to the page; it must be one that the real server could send. */
  push: (frame: AgentServerFrame) => void;
  /** Breaks the live line. */
  hangUp: () => void;
};

export function createFakeServer(): FakeServer {
  const routes = new Map<string, Route>();
  const asked: Asked[] = [];
  const heard: AgentClientFrame[] = [];
  let line: FakeSocket | undefined;

  async function answer(url: string, init: RequestInit): Promise<Response> {
    const { pathname, searchParams } = new URL(url, 'http://desk.test');
    const method = init.method ?? 'GET';
    const request: Asked = {
      method,
      path: pathname,
      query: searchParams,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body,
      headers: (init.headers ?? {}) as Record<string, string>,
    };
    asked.push(request);
    const wanted = `${method} ${pathname}`;
    const route =
      routes.get(wanted) ?? [...routes].find(([key]) => key.endsWith('*') && wanted.startsWith(key.slice(0, -1)))?.[1];
    const said = route ? await route(request) : refuse(404, `no route ${wanted}`);
    if (!(said instanceof Refusal)) return response(said === undefined ? 204 : 200, said);
    if (said.status === 0) throw new TypeError('Failed to fetch');
    return response(said.status, { type: 'about:blank', title: 'Refused', status: said.status, detail: said.detail });
  }

  return {
    fetch: (input, init = {}) => answer(input as string, init),
    open() {
      const own = new FakeSocket((frame) => {
        heard.push(frame);
        if (frame.type === 'hello') own.receive({ type: 'welcome', heartbeatSeconds: 25 });
      });
      line = own;
      queueMicrotask(() => own.dispatchEvent(new Event('open')));
      return own;
    },
    on: (route, how) => void routes.set(route, how),
    asked,
    heard,
    push: (frame) => line?.receive(AgentServerFrame.parse(frame)),
    hangUp: () => line?.close(),
  };
}

/** jsdom brings no `Response`; this is the part of one that the interface reads. */
const response = (status: number, body: unknown): Response =>
  ({
    status,
    ok: status < 400,
    statusText: '',
    json: async () => JSON.parse(JSON.stringify(body)) as unknown,
    blob: async () => new Blob([JSON.stringify(body)]),
  }) as Response;

class FakeSocket extends EventTarget {
  readonly #hear: (frame: AgentClientFrame) => void;

  constructor(hear: (frame: AgentClientFrame) => void) {
    super();
    this.#hear = hear;
  }

  send(text: string): void {
    this.#hear(AgentClientFrame.parse(JSON.parse(text)));
  }

  receive(frame: AgentServerFrame): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
  }

  close(): void {
    this.dispatchEvent(new Event('close'));
  }
}
