import type { z } from 'zod';
import type { Attachment, Locale } from '#core/conversation/content.schema.ts';
import type { History, Message, SessionBegun } from '#core/conversation/conversation.schema.ts';

/** A conversation of this visitor: its id, and the token that opens it. */
export type Session = { id: string; token: string };

/** The server's answer was no; `status` 0: there was no answer. `retryAfter` in seconds. */
export class ServerRefusal extends Error {
  readonly status: number;
  readonly retryAfter: number | undefined;

  constructor(status: number, detail: string, retryAfter?: number) {
    super(detail);
    this.name = 'ServerRefusal';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The chat's HTTP routes. Every call throws `ServerRefusal` and nothing else. */
export type Server = {
  /** With an earlier conversation it is the same customer's; one that the server knows no more does no harm. */
  begin(locale: Locale, context: { url: string; title: string }, earlier?: Session | null): Promise<SessionBegunAnswer>;
  /** All messages after `after`, page by page. */
  history(session: Session, after: number): Promise<WholeHistory>;
  upload(session: Session, file: Blob, name: string): Promise<Attachment>;
  download(session: Session, id: string): Promise<Blob>;
  socketAddress(session: Session): string;
};

type SessionBegunAnswer = z.infer<typeof SessionBegun>;
type HistoryPage = z.infer<typeof History>;
type WholeHistory = { state: HistoryPage['state']; head: number; items: Message[] };

export function createServer(tools: { origin: string; fetch: typeof fetch }): Server {
  const { origin } = tools;
  const call = async (path: string, request: RequestInit): Promise<Response> => {
    let answer: Response;
    try {
      answer = await tools.fetch(origin + path, { ...request, credentials: 'omit', cache: 'no-store' });
    } catch (fault) {
      throw new ServerRefusal(0, fault instanceof Error ? fault.message : String(fault));
    }
    if (answer.ok) return answer;
    const wait = Number(answer.headers.get('retry-after') ?? Number.NaN);
    throw new ServerRefusal(answer.status, await detailOf(answer), Number.isFinite(wait) ? wait : undefined);
  };

  return {
    async begin(locale, context, earlier) {
      const answer = await call('/chat/sessions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(earlier ? bearer(earlier) : {}) },
        body: JSON.stringify({
          locale,
          context: { url: context.url.slice(0, 2_000), title: context.title.slice(0, 300) },
        }),
      });
      return json<SessionBegunAnswer>(answer, ['sessionId', 'sessionToken', 'state', 'replies']);
    },
    async history(session, after) {
      const items: Message[] = [];
      for (let cursor: string | null = null; ;) {
        const query = new URLSearchParams({ after: String(after), limit: '100', ...(cursor ? { cursor } : {}) });
        const answer = await call(`/chat/history/${session.id}?${query}`, { headers: bearer(session) });
        const page: HistoryPage = await json<HistoryPage>(answer, ['state', 'head', 'items']);
        items.push(...page.items);
        cursor = page.nextCursor;
        if (!cursor) return { state: page.state, head: page.head, items };
      }
    },
    async upload(session, file, name) {
      const answer = await call(`/uploads?${new URLSearchParams({ name })}`, {
        method: 'POST',
        headers: { ...bearer(session), 'content-type': file.type || 'application/octet-stream' },
        body: file,
      });
      return json<Attachment>(answer, ['id', 'name', 'type', 'bytes']);
    },
    async download(session, id) {
      const answer = await call(`/uploads/${encodeURIComponent(id)}`, { headers: bearer(session) });
      try {
        return await answer.blob();
      } catch (fault) {
        throw new ServerRefusal(0, fault instanceof Error ? fault.message : String(fault));
      }
    },
    socketAddress: (session) => `${origin.replace(/^http/, 'ws')}/ws/chat/${session.id}`,
  };
}

const bearer = (session: Session): Record<string, string> => ({ authorization: `Bearer ${session.token}` });

async function detailOf(answer: Response): Promise<string> {
  try {
    const body: unknown = await answer.json();
    if (typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string')
      return body.detail;
  } catch {
    // Not a problem document: a proxy in between answered.
  }
  return `HTTP ${answer.status}`;
}

/** The whole schema stays on the server; here only the members that we cannot do without are looked for. */
async function json<Body>(answer: Response, needed: readonly (keyof Body & string)[]): Promise<Body> {
  let body: unknown;
  try {
    body = await answer.json();
  } catch {
    body = null;
  }
  if (typeof body !== 'object' || body === null || needed.some((name) => !(name in body)))
    throw new ServerRefusal(502, 'The answer was not one of the chat server.');
  return body as Body;
}
