import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import readline from 'node:readline';
import { invalid } from '#core/errors.ts';
import { Locale, type Choice } from '#core/conversation/content.schema.ts';
import type { Change, Message } from '#core/conversation/conversation.schema.ts';
import { openChat, type ChatClient, type ChatEvent } from './chat-client.ts';
import { authorOf, viewContent } from './chat-view.ts';
import type { Command, Terminal } from './command.ts';

/** How long the answer to a script's line may take. */
const ANSWER_MS = 10_000;

/** `chat`: a customer's chat in the terminal, with a server that runs. */
export const chatCommand: Command = {
  name: 'chat',
  summary: 'Chats with a running Frontdesk. A number chooses a button; /quit or Ctrl-D ends.',
  options: {
    url: { value: 'address', says: 'The server; default http://localhost:3000 (or PORT).' },
    locale: { value: 'zh-TW|en', says: 'The language; default that of this terminal.' },
  },
  notes: () => 'Lines may also come from a pipe: echo 營業時間 | npm run frontdesk -- chat',
  run: async (given, terminal) => {
    const url = given.text('url') ?? `http://localhost:${terminal.env['PORT'] || 3000}`;
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw invalid('--url must be an address such as http://localhost:3000.');
    const locale = Locale.safeParse(given.text('locale') ?? localeOf(terminal));
    if (!locale.success) throw invalid('--locale must be zh-TW or en.');
    await chat(terminal, url, locale.data);
    return 0;
  },
};

const localeOf = ({ env }: Terminal): Locale => (/^zh/i.test(env['LC_ALL'] || env['LANG'] || '') ? 'zh-TW' : 'en');

async function chat(terminal: Terminal, url: string, locale: Locale): Promise<void> {
  const screen = createScreen(terminal, locale);
  const waiting = createWaiting();
  const client = await openChat({
    url,
    locale,
    newId: randomUUID,
    onEvent: (event) => {
      screen.show(event);
      waiting.note(event);
    },
  });
  for (const message of client.opening) screen.showMessage(message);
  const lines = readline.createInterface({ input: terminal.input, terminal: false });
  const release = terminal.onInterrupt(() => lines.close());
  const typed = (async () => {
    for await (const line of lines) {
      if (line.trim() === '/quit') break;
      if (line.trim() === '') continue;
      waiting.expect(client.send(screen.read(line.trim())));
      // A script is written as a conversation: its next line, a button's number perhaps, comes after this one's answer.
      if (!terminal.interactive) await waiting.answered(ANSWER_MS);
    }
  })();
  try {
    await Promise.race([typed, client.closed]);
  } finally {
    release();
    lines.close();
    client.close();
  }
}

/** Writes what happens, and knows which buttons the numbers mean now. */
function createScreen(
  terminal: Terminal,
  locale: Locale,
): {
  show: (event: ChatEvent) => void;
  showMessage: (message: Message) => void;
  read: (line: string) => Parameters<ChatClient['send']>[0];
} {
  const words = WORDS[locale];
  let choices: readonly Choice[] = [];
  let streamed: { id: string; text: string } | undefined;

  const showMessage = (message: Message): void => {
    if (message.author.kind === 'customer') return;
    const view = viewContent(message.content);
    const [first = '', ...more] = view.lines;
    const shown = streamed?.id === message.id ? streamed.text : undefined;
    if (shown === undefined) terminal.print(`${authorOf(message)}: ${first}`);
    else if (first.startsWith(shown)) terminal.print(first.slice(shown.length));
    else terminal.print(`\n${authorOf(message)}: ${first}`);
    for (const line of more) terminal.print(line);
    streamed = undefined;
    choices = view.choices;
  };
  return {
    showMessage,
    show: (event) => {
      switch (event.type) {
        case 'delta':
          if (!terminal.interactive) break;
          if (streamed?.id !== event.replyId) {
            streamed = { id: event.replyId, text: '' };
            terminal.write('Frontdesk: ');
          }
          streamed.text += event.text;
          terminal.write(event.text);
          break;
        case 'refused':
          terminal.complain(words.notSent(event.reason));
          break;
        case 'connection':
          if (!event.up) terminal.complain(words.broken);
          break;
        case 'change':
          if (event.change.type === 'reply') showMessage(event.change.message);
          else if (event.change.type === 'edit')
            terminal.print(`(${words.corrected}) ${viewContent(event.change.message.content).lines.join('\n')}`);
          else if (event.change.type === 'state') terminal.print(`(${words.state(event.change)})`);
          break;
        default:
      }
    },
    read: (line) => {
      const choice = /^\d{1,2}$/.test(line) ? choices[Number(line) - 1] : undefined;
      return choice ? { action: choice.id } : { text: line };
    },
  };
}

type StateChange = Pick<Extract<Change, { type: 'state' }>, 'state' | 'agent' | 'place'>;

/** What the terminal itself says, beside what the bot and people do. */
const WORDS = {
  en: {
    notSent: (reason: string) => `Not sent: ${reason}`,
    broken: 'The line is broken; trying again …',
    corrected: 'corrected',
    state: ({ state, agent, place }: StateChange) =>
      ({
        queued: place === undefined ? 'waiting for a person' : `waiting for a person, place ${place}`,
        agent: `${agent?.name ?? 'a person'} answers now`,
        closed: 'the conversation is closed',
        bot: 'the bot answers now',
      })[state],
  },
  'zh-TW': {
    notSent: (reason: string) => `未送出：${reason}`,
    broken: '連線中斷，重新連線中 …',
    corrected: '更正',
    state: ({ state, agent, place }: StateChange) =>
      ({
        queued: place === undefined ? '等候客服人員' : `等候客服人員，第 ${place} 位`,
        agent: `由${agent ? ` ${agent.name} ` : '客服人員'}為您服務`,
        closed: '對話已結束',
        bot: '由機器人為您服務',
      })[state],
  },
} as const;

/** Which of the sent messages have no answer yet: a script ends when all have, or a person is to answer. */
function createWaiting(): {
  expect: (clientMessageId: string) => void;
  note: (event: ChatEvent) => void;
  answered: (withinMs: number) => Promise<void>;
} {
  const open = new Set<string>();
  const seqs = new Map<number, string>();
  let state = 'bot';
  const rest = new EventEmitter();
  const settle = (id: string | undefined): void => {
    if (id !== undefined) open.delete(id);
    if (open.size === 0) rest.emit('reached');
  };
  return {
    expect: (id) => {
      open.add(id);
    },
    note: (event) => {
      if (event.type === 'accepted') {
        seqs.set(event.seq, event.clientMessageId);
        if (state !== 'bot') settle(event.clientMessageId); // a person answers when they can
      } else if (event.type === 'refused') settle(event.clientMessageId);
      else if (event.type === 'change' && event.change.type === 'reply') {
        const { clientMessageId, inReplyTo, seq } = event.change.message;
        // Our own message may come back, and be answered, before we hear that it was accepted.
        if (clientMessageId !== undefined) seqs.set(seq, clientMessageId);
        for (const answered of inReplyTo) settle(seqs.get(answered));
      } else if (event.type === 'change' && event.change.type === 'state') {
        ({ state } = event.change);
        if (state !== 'bot') for (const id of open) settle(id);
      }
    },
    answered: async (withinMs) => {
      if (open.size === 0) return;
      await once(rest, 'reached', { signal: AbortSignal.timeout(withinMs) }).catch(() => {});
    },
  };
}
