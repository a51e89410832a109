import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { InboundContent, OutboundContent, type Attachment } from '#core/conversation/content.schema.ts';
import {
  Change,
  History,
  SessionBegun,
  SessionRequest,
  type Author,
  type ConversationState,
  type Message,
} from '#core/conversation/conversation.schema.ts';
import { ClientFrame, CLOSE, ServerFrame } from '#core/conversation/protocol.schema.ts';

type Conversation = {
  id: string;
  token: string;
  state: ConversationState;
  agent: string | null;
  changes: Change[];
  /** `seq` of each message taken, by the client's id: a repeated one gets the same answer. */
  taken: Map<string, number>;
  uploads: Map<string, { attachment: Attachment; bytes: Buffer }>;
};
type Line = { socket: WebSocket; conversation: Conversation | null };
type Problem = { status: number; detail: string; retryAfter?: number };

/** What the scripted bot says to what a customer did. */
export type Script = (content: InboundContent, locale: string) => readonly OutboundContent[];

/**
 * The chat's wire without what is behind it: HTTP and WebSocket by the schemas, with a script for a bot and a hand on
 * every fault that a network has. Everything it sends is checked against the schemas first.
 */
export type ChatServer = {
  url: string;
  /** The newest conversation. */
  current(): Conversation;
  conversations(): number;
  say(content: OutboundContent, author?: Author, conversation?: Conversation): Message;
  become(state: ConversationState, more?: { agent?: string; place?: number; waitSeconds?: number }): void;
  edit(seq: number, content: OutboundContent): void;
  remove(seq: number): void;
  /** A frame to all who listen, as it is: also one that leaves a gap. */
  frame(frame: ServerFrame): void;
  /** A change that is written but that nobody is told of. */
  sayUnheard(content: OutboundContent): Message;
  lines(): number;
  cut(code?: number): void;
  /** New sockets find nobody. */
  unreachable(on: boolean): void;
  /** Messages are taken, their acknowledgements are lost. */
  deafen(on: boolean): void;
  refuseNext(problem: Problem): void;
  refuseUploads(problem: Problem | null): void;
  /** The token is not known any more. */
  expire(): void;
  /** From how many missed changes on `reset` is sent. */
  mostReplayed(count: number): void;
  received(): ClientFrame[];
  close(): Promise<void>;
};

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS: readonly [string, string][] = [
  ['/demo/', 'adapters/web/demo-page/'],
  ['/fonts/', 'node_modules/@fontsource-variable/noto-sans-tc/'],
];
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** The same policy as the real server's: what it forbids must fail here too. */
const CSP =
  "default-src 'self'; img-src 'self' data: blob: https:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; font-src 'self' data:; object-src 'none'; base-uri 'none'";

export async function startChatServer(tools: {
  script: Script;
  greeting: (locale: string) => OutboundContent;
  /** The built widget. */
  widget: string;
  /** Pages of the test's own, by path. */
  pages?: Record<string, string>;
}): Promise<ChatServer> {
  const conversations = new Map<string, Conversation>();
  const lines = new Set<Line>();
  const received: ClientFrame[] = [];
  let newest: Conversation | null = null;
  let unreachable = false;
  let deaf = false;
  let refusal: Problem | null = null;
  let uploadRefusal: Problem | null = null;
  let mostReplayed = 500;

  const head = (conversation: Conversation): number => conversation.changes.length;
  const tell = (conversation: Conversation, frame: ServerFrame): void => {
    for (const line of lines) if (line.conversation === conversation) send(line.socket, frame);
  };
  const write = (conversation: Conversation, change: Change, heard = true): void => {
    conversation.changes.push(Change.parse(change));
    if (heard) tell(conversation, change);
  };
  const message = (
    conversation: Conversation,
    author: Author,
    content: Message['content'],
    more: Partial<Message> = {},
  ): Message => ({
    id: randomUUID(),
    seq: head(conversation) + 1,
    inReplyTo: [],
    author,
    content,
    createdAt: new Date().toISOString(),
    ...more,
  });
  const current = (): Conversation => {
    if (!newest) throw new Error('No conversation has begun.');
    return newest;
  };
  const say = (content: OutboundContent, author: Author, conversation: Conversation, heard = true): Message => {
    const said = message(conversation, author, OutboundContent.parse(content));
    write(conversation, { type: 'reply', seq: said.seq, message: said }, heard);
    return said;
  };
  const messages = (conversation: Conversation): Message[] =>
    conversation.changes.flatMap((change) => {
      if (change.type !== 'reply') return [];
      const edited = conversation.changes.findLast((later) => later.type === 'edit' && later.of === change.seq);
      return [edited?.type === 'edit' ? edited.message : change.message];
    });

  const take = (
    conversation: Conversation,
    frame: Extract<ClientFrame, { type: 'message' }>,
    socket: WebSocket,
  ): void => {
    const { clientMessageId } = frame;
    const known = conversation.taken.get(clientMessageId);
    if (known !== undefined) {
      if (!deaf) send(socket, { type: 'accepted', clientMessageId, seq: known });
      return;
    }
    if (refusal) {
      const { status, detail, retryAfter } = refusal;
      refusal = null;
      const problem = {
        type: '/problems/test',
        title: 'Refused',
        status,
        detail,
        ...(retryAfter ? { retryAfter } : {}),
      };
      send(socket, { type: 'refused', clientMessageId, problem });
      return;
    }
    const content = contentOf(frame, conversation);
    const said = message(conversation, { kind: 'customer' }, content, { clientMessageId });
    conversation.taken.set(clientMessageId, said.seq);
    write(conversation, { type: 'reply', seq: said.seq, message: said });
    if (!deaf) send(socket, { type: 'accepted', clientMessageId, seq: said.seq });
    if (conversation.state === 'bot')
      for (const answer of tools.script(content, 'zh-TW')) say(answer, { kind: 'bot' }, conversation);
  };

  const hello = (line: Line, id: string, frame: Extract<ClientFrame, { type: 'hello' }>): void => {
    const conversation = conversations.get(id);
    if (!conversation || conversation.token !== frame.token) {
      line.socket.close(CLOSE.token, 'token');
      return;
    }
    line.conversation = conversation;
    send(line.socket, {
      type: 'welcome',
      sessionId: conversation.id,
      state: conversation.state,
      head: head(conversation),
      heartbeatSeconds: 25,
      ...(conversation.agent ? { agent: { name: conversation.agent } } : {}),
    });
    const missed = conversation.changes.filter((change) => change.seq > frame.after);
    if (missed.length > mostReplayed) send(line.socket, { type: 'reset', head: head(conversation) });
    else for (const change of missed) send(line.socket, change);
  };

  const routes = async (request: http.IncomingMessage, answer: http.ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const json = (status: number, body: unknown): void => {
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const refuse = ({ status, detail, retryAfter }: Problem): void => {
      if (retryAfter) answer.setHeader('retry-after', String(retryAfter));
      json(status, { type: '/problems/test', title: 'Refused', status, detail });
    };
    const bearer = request.headers.authorization?.replace('Bearer ', '');
    const mine = [...conversations.values()].find((one) => one.token === bearer);

    if (request.method === 'POST' && url.pathname === '/chat/sessions') {
      const { locale = 'zh-TW' } = SessionRequest.parse(JSON.parse((await bytesOf(request)).toString()));
      newest = {
        id: randomUUID(),
        token: randomUUID(),
        state: 'bot',
        agent: null,
        changes: [],
        taken: new Map(),
        uploads: new Map(),
      };
      conversations.set(newest.id, newest);
      const replies = [say(tools.greeting(locale), { kind: 'bot' }, newest)];
      json(201, SessionBegun.parse({ sessionId: newest.id, sessionToken: newest.token, state: 'bot', replies }));
    } else if (url.pathname.startsWith('/chat/history/')) {
      if (mine?.id !== url.pathname.split('/').at(-1) || !mine)
        return refuse({ status: 401, detail: 'Unknown token.' });
      const after = Number(url.searchParams.get('cursor') ?? url.searchParams.get('after') ?? 0);
      const rest = messages(mine).filter((one) => one.seq > after);
      const page = rest.slice(0, 3);
      json(
        200,
        History.parse({
          sessionId: mine.id,
          state: mine.state,
          head: head(mine),
          items: page,
          nextCursor: page.length < rest.length ? String(page.at(-1)!.seq) : null,
        }),
      );
    } else if (request.method === 'POST' && url.pathname === '/uploads') {
      const bytes = await bytesOf(request);
      if (!mine) return refuse({ status: 401, detail: 'Unknown token.' });
      if (uploadRefusal) return refuse(uploadRefusal);
      const type = request.headers['content-type'] ?? 'application/octet-stream';
      const name = url.searchParams.get('name') ?? 'file';
      const attachment = { id: randomUUID(), name, type, bytes: bytes.length };
      mine.uploads.set(attachment.id, { attachment, bytes });
      json(201, attachment);
    } else if (url.pathname.startsWith('/uploads/')) {
      const upload = mine?.uploads.get(url.pathname.slice('/uploads/'.length));
      if (!upload) return refuse({ status: 404, detail: 'There is no such upload.' });
      answer.writeHead(200, { 'content-type': upload.attachment.type, 'content-disposition': 'attachment' });
      answer.end(upload.bytes);
    } else if (tools.pages?.[url.pathname] !== undefined) {
      answer.writeHead(200, { 'content-type': TYPES['.html'], 'content-security-policy': CSP });
      answer.end(tools.pages[url.pathname]);
    } else if (url.pathname === '/widget.js') serve(tools.widget, answer);
    else serveFile(url.pathname, answer);
  };

  const server = http.createServer((request, answer) => {
    void routes(request, answer).catch((fault: unknown) => answer.writeHead(500).end(String(fault)));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, first) => {
    if (unreachable) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, first, (accepted) => {
      const line: Line = { socket: accepted, conversation: null };
      lines.add(line);
      accepted.on('close', () => lines.delete(line));
      accepted.on('message', (data: Buffer) => {
        const frame = ClientFrame.parse(JSON.parse(data.toString()));
        received.push(frame);
        if (frame.type === 'hello') hello(line, request.url!.split('/').at(-1)!, frame);
        else if (frame.type === 'message' && line.conversation) take(line.conversation, frame, accepted);
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    current,
    conversations: () => conversations.size,
    say: (content, author = { kind: 'bot' }, conversation = current()) => say(content, author, conversation),
    sayUnheard: (content) => say(content, { kind: 'bot' }, current(), false),
    become(state, { agent, place, waitSeconds } = {}) {
      const conversation = current();
      conversation.state = state;
      conversation.agent = agent ?? null;
      write(conversation, {
        type: 'state',
        seq: head(conversation) + 1,
        state,
        at: new Date().toISOString(),
        ...(agent ? { agent: { name: agent } } : {}),
        ...(place === undefined ? {} : { place }),
        ...(waitSeconds === undefined ? {} : { waitSeconds }),
      });
    },
    edit(seq, content) {
      const conversation = current();
      const before = messages(conversation).find((one) => one.seq === seq)!;
      write(conversation, {
        type: 'edit',
        seq: head(conversation) + 1,
        of: seq,
        message: { ...before, content, editedAt: new Date().toISOString() },
      });
    },
    remove: (seq) => write(current(), { type: 'delete', seq: head(current()) + 1, of: seq }),
    frame: (frame) => tell(current(), frame),
    lines: () => [...lines].filter((line) => line.conversation).length,
    cut(code) {
      for (const { socket } of lines) {
        if (code) socket.close(code);
        else socket.terminate();
      }
    },
    unreachable(on) {
      unreachable = on;
    },
    deafen(on) {
      deaf = on;
    },
    refuseNext(problem) {
      refusal = problem;
    },
    refuseUploads(problem) {
      uploadRefusal = problem;
    },
    expire() {
      current().token = randomUUID();
    },
    mostReplayed(count) {
      mostReplayed = count;
    },
    received: () => received,
    async close() {
      for (const { socket } of lines) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function send(socket: WebSocket, frame: ServerFrame): void {
  socket.send(JSON.stringify(ServerFrame.parse(frame)));
}

function contentOf(frame: Extract<ClientFrame, { type: 'message' }>, conversation: Conversation): InboundContent {
  if (frame.text !== undefined) return { kind: 'text', text: frame.text };
  if (frame.action !== undefined) return { kind: 'action', id: frame.action };
  if (frame.rating) return InboundContent.parse({ kind: 'rating', ...frame.rating });
  if (frame.form) return { kind: 'form', ...frame.form };
  if (frame.reaction) return { kind: 'reaction', ...frame.reaction };
  const upload = conversation.uploads.get(frame.uploadId ?? '');
  if (!upload) throw new Error('A message without content.');
  return { kind: upload.attachment.type.startsWith('image/') ? 'image' : 'file', attachment: upload.attachment };
}

function serveFile(asked: string, answer: http.ServerResponse): void {
  const [start, folder] =
    asked === '/' ? ['/', 'adapters/web/demo-page/index.html'] : (FOLDERS.find(([one]) => asked.startsWith(one)) ?? []);
  const file = start && folder ? path.join(ROOT, folder, asked.slice(start.length)) : '';
  if (file.startsWith(ROOT)) serve(file, answer);
  else answer.writeHead(404).end();
}

function serve(file: string, answer: http.ServerResponse): void {
  const type = TYPES[path.extname(file)];
  if (!type || !existsSync(file)) {
    answer.writeHead(404).end();
    return;
  }
  answer.writeHead(200, { 'content-type': type, 'content-security-policy': CSP });
  createReadStream(file).pipe(answer);
}

async function bytesOf(request: http.IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
