import type { OutboundContent } from '#core/conversation/content.schema.ts';
import type { Effect, TicketStatus } from '#core/dialogue/turn.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { Line, Transcript } from './transcript.ts';

type Direction = Extract<Line, { kind: 'direction' }>;
type Customer = Extract<Line, { kind: 'customer' }>;

const MINUTES: Record<string, number> = { s: 1 / 60, m: 1, h: 60 };

const textOf = (content: OutboundContent): string => ('text' in content ? (content.text ?? '') : content.kind);
const labelsOf = (content: OutboundContent): string[] =>
  'choices' in content ? (content.choices ?? []).map(({ label }) => label) : [];
const shown = (content: OutboundContent): string =>
  [textOf(content), ...labelsOf(content).map((label) => `⟨${label}⟩`)].join(' ');

function must(fine: boolean, what: string): void {
  if (!fine) throw new Error(what);
}

const written = (value: unknown): string =>
  Array.isArray(value)
    ? String(value.length)
    : value === undefined
      ? 'none'
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);

function holds(values: Direction['values'], have: Readonly<Record<string, unknown>>): void {
  for (const [key, want] of Object.entries(values)) {
    const value = key
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], have);
    const is = written(value);
    must(is === want || (want.endsWith('…') && is.startsWith(want.slice(0, -1))), `${key} is “${is}”, not “${want}”`);
  }
}

/** Plays a transcript and compares. Rejects at the first line that is not as it is written, with its number. */
export async function rehearse(name: string, { lines }: Transcript, talk: Rehearsal): Promise<void> {
  let pending: Customer[] = [];
  let last: OutboundContent | undefined;
  let effectsSeen = 0;

  const flush = async (lost = false): Promise<void> => {
    if (pending.length === 0) return;
    const messages = pending;
    pending = [];
    effectsSeen = talk.effects.length;
    await talk.hear(messages, lost);
  };
  const nothingLeft = (): void => {
    const left = talk.unseen()[0];
    if (left) throw new Error(`nobody expected the bot to say: ${shown(left)}`);
  };

  function bot({ facts, buttons, rest }: Extract<Line, { kind: 'bot' }>): void {
    const content = talk.next();
    if (!content) throw new Error('the bot said nothing');
    last = content;
    let from = 0;
    const text = textOf(content);
    for (const fact of facts) {
      const pattern = /^\/(.+)\/$/.exec(fact)?.[1];
      const found =
        pattern === undefined ? text.indexOf(fact, from) : text.slice(from).search(new RegExp(pattern, 'i')) + from;
      if (found < from) throw new Error(`“${fact}” is not in what the bot said: ${shown(content)}`);
      from = pattern === undefined ? found + fact.length : found;
    }
    const labels = labelsOf(content);
    const same = rest
      ? buttons.every((label) => labels.includes(label))
      : labels.length === buttons.length && labels.every((label, i) => label === buttons[i]);
    if (!same) throw new Error(`the bot said: ${shown(content)}`);
  }

  async function agent({ does, name }: Extract<Line, { kind: 'agent' }>): Promise<void> {
    if (does === 'says') {
      await flush();
      nothingLeft();
      if (talk.mode !== 'agent') throw new Error('no person has the conversation');
      return;
    }
    // Whoever takes over while the bot still works finds its answer gone.
    if (does === 'takes over') {
      await flush(true);
      talk.takeOver();
      return;
    }
    await flush();
    nothingLeft();
    if (does === 'claims') {
      if (talk.mode !== 'queued') throw new Error(`the conversation is not waiting, it is “${talk.mode}”`);
      talk.takeOver();
    } else await talk.giveBack(name);
  }

  const fresh = <Type extends Effect['type']>(type: Type): Extract<Effect, { type: Type }> | undefined =>
    talk.effects.slice(effectsSeen).find((effect): effect is Extract<Effect, { type: Type }> => effect.type === type);
  const newest = () => [...(talk.outcome?.understood.values() ?? [])].at(-1);

  /** What happens, before anything is compared. */
  const acts: Record<string, (direction: Direction) => void | Promise<void>> = {
    wait: ({ words }) => {
      const [, amount = '0', unit = 'm'] = /^(\d+)([smh])$/.exec(words) ?? [];
      effectsSeen = talk.effects.length;
      return talk.wait(Number(amount) * MINUTES[unit]! * 60_000);
    },
    'next day': () => talk.wait(24 * 3_600_000),
    time: ({ words }) => talk.setTime(Number(words.slice(0, 2)), Number(words.slice(3))),
    desk: ({ values }) =>
      talk.setDesk({
        ...(values['open'] && { open: values['open'] === 'yes' }),
        ...(values['agents'] && { agents: Number(values['agents']) }),
        ...(values['place'] && { place: Number(values['place']) }),
        ...(values['wait'] && { waitSeconds: values['wait'] === 'unknown' ? null : Number(values['wait']) }),
      }),
    'orders down': () => talk.breakOrders(),
    ticket: ({ words }) => {
      const [number = '', status = ''] = words.split(' is ');
      talk.setTicket(number, status as TicketStatus['status']);
    },
    opened: () => talk.opened(),
    unattended: () => {
      effectsSeen = talk.effects.length;
      return talk.unattended();
    },
  };

  /** What must be true. */
  const checks: Record<string, (direction: Direction) => void> = {
    silence: nothingLeft,
    state: ({ words }) => must(talk.mode === words, `the state is “${talk.mode}”, not “${words}”`),
    closed: () => must(talk.mode === 'closed', `the state is “${talk.mode}”, not closed`),
    'ticket filed': ({ values }) => {
      const ticket = fresh('create-ticket');
      if (!ticket) throw new Error('no ticket was filed');
      holds(values, ticket);
    },
    'no ticket': () => must(talk.tickets.length === 0, 'a ticket was filed'),
    tickets: ({ words }) => must(talk.tickets.length === Number(words), `there are ${talk.tickets.length} tickets`),
    handoff: ({ values }) => {
      const handoff = fresh('request-handoff');
      if (!handoff) throw new Error('no person was called');
      holds(values, handoff);
    },
    'no handoff': () => must(!talk.effects.some(({ type }) => type === 'request-handoff'), 'a person was called'),
    contact: ({ values }) => holds(values, talk.contact),
    understood: ({ values }) => holds(values, newest() ?? {}),
    'answered by': ({ words }) => {
      const id = newest()?.answeredBy?.id ?? 'nothing';
      must(id.split('.')[0] === words, `it was answered by ${id}`);
      must(
        last !== undefined && 'source' in last && last.source?.id === id,
        'the source does not stand with the answer',
      );
    },
    'not answered': () =>
      must(newest()?.answeredBy === undefined, `it was answered by ${newest()?.answeredBy?.id ?? ''}`),
    feedback: ({ words }) => must(fresh('feedback')?.helpful === (words === 'helpful'), `no feedback “${words}”`),
    'no feedback': () => must(!fresh('feedback'), 'feedback was taken'),
    rated: ({ words }) =>
      must(fresh('rate')?.score === Number(words), `the rating is ${fresh('rate')?.score ?? 'none'}`),
    'not rated': () => must(!talk.effects.some(({ type }) => type === 'rate'), 'a rating was taken'),
    slots: ({ values }) => holds(values, talk.state?.slots ?? {}),
    locale: ({ words }) => must(talk.locale === words, `the language is ${talk.locale}`),
    not: ({ words }) => must(last !== undefined && !textOf(last).includes(words), `the bot did say “${words}”`),
    previous: ({ values }) => holds(values, talk.previous ?? {}),
    answers: ({ words }) => {
      const to = (talk.outcome?.replies ?? []).map(({ inReplyTo }) => inReplyTo.join('+')).join(', ');
      const first = Math.min(...(talk.outcome?.understood.keys() ?? [])) - 1;
      const relative = to.replaceAll(/\d+/g, (seq) => String(Number(seq) - first));
      must(relative === words, `the replies answer ${relative}`);
    },
  };

  for (const { number, text, line } of lines)
    try {
      if (line.kind === 'customer') {
        if (!line.more) {
          await flush();
          nothingLeft();
        }
        pending.push(line);
      } else if (line.kind === 'agent') await agent(line);
      else {
        await flush();
        if (line.kind === 'bot') bot(line);
        else if (acts[line.name]) {
          nothingLeft();
          await acts[line.name]!(line);
        } else checks[line.name]!(line);
      }
    } catch (error) {
      throw new Error(`${name}:${number} ${text}\n  ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  await flush();
  nothingLeft();
}
