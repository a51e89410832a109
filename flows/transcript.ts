/** One line of a transcript file. */
export type Line =
  /** The customer: words, a pressed button, a photo, or stars given in the channel's own way. `more`: it came while the one before was still unanswered. */
  | { kind: 'customer'; says: string; button: string | null; photo: boolean; stars: number | null; more: boolean }
  /** The bot: facts in this order, and its buttons; `rest` of the buttons is left open. */
  | { kind: 'bot'; facts: readonly string[]; buttons: readonly string[]; rest: boolean }
  | { kind: 'agent'; does: 'claims' | 'takes over' | 'returns' | 'says'; name: string; text: string }
  /** What must be true here, or what happens: `[state queued]`, `[wait 2m]`. */
  | { kind: 'direction'; name: string; words: string; values: Readonly<Record<string, string>> };

/** A transcript: its title, and its lines with their numbers. */
export type Transcript = { title: string; lines: readonly { number: number; text: string; line: Line }[] };

const BUTTON = /⟨([^⟩]+)⟩/g;

/** The names that a direction may begin with, so that a misspelt one is no silent success. */
const DIRECTIONS = [
  'state',
  'ticket filed',
  'no ticket',
  'tickets',
  'handoff',
  'no handoff',
  'contact',
  'understood',
  'answered by',
  'not answered',
  'feedback',
  'no feedback',
  'rated',
  'not rated',
  'slots',
  'locale',
  'not',
  'silence',
  'closed',
  'wait',
  'time',
  'desk',
  'orders down',
  'opened',
  'unattended',
  'next day',
  'ticket',
  'previous',
  'answers',
] as const;

function direction(inner: string, where: string): Line {
  const name = [...DIRECTIONS]
    .sort((a, b) => b.length - a.length)
    .find((one) => inner === one || inner.startsWith(`${one} `));
  if (!name) throw new Error(`${where}: there is no direction [${inner}]. Known are: ${DIRECTIONS.join(', ')}.`);
  const words = inner.slice(name.length).trim();
  const values = Object.fromEntries(
    [...words.matchAll(/([\w.]+)=("[^"]*"|\S+)/g)].map(([, key, value]) => [key!, value!.replace(/^"|"$/g, '')]),
  );
  return { kind: 'direction', name, words, values };
}

function parseLine(text: string, where: string): Line {
  const inner = /^\[(.+)\]$/.exec(text)?.[1];
  if (inner !== undefined) return direction(inner, where);
  const [, who, rest = ''] = /^(C\+?|B|A)(?:\s+(.*))?$/.exec(text) ?? [];
  if (who === 'C' || who === 'C+') {
    const button = /^⟨([^⟩]+)⟩$/.exec(rest)?.[1] ?? null;
    const photo = rest === '(photo)';
    const stars = /^\(([1-5]) stars\)$/.exec(rest)?.[1];
    return { kind: 'customer', says: rest, button, photo, stars: stars ? Number(stars) : null, more: who === 'C+' };
  }
  if (who === 'B') {
    const buttons = [...rest.matchAll(BUTTON)].map(([, label]) => label!);
    const facts = rest
      .replace(BUTTON, '')
      .split('…')
      .map((fact) => fact.trim())
      .filter((fact) => fact !== '');
    return { kind: 'bot', facts, buttons: buttons.filter((label) => label !== '…'), rest: buttons.includes('…') };
  }
  if (who === 'A') {
    const [, name = '', does] = /^(\S+) (claims|takes over|returns)$/.exec(rest) ?? [];
    if (does) return { kind: 'agent', does: does as 'claims' | 'takes over' | 'returns', name, text: '' };
    return { kind: 'agent', does: 'says', name: '', text: rest };
  }
  throw new Error(`${where}: a line begins with C, C+, B, A or stands in brackets, not: ${text}`);
}

/** Reads a transcript file. Throws with file and line where it cannot be read. */
export function parseTranscript(name: string, content: string): Transcript {
  const lines: Transcript['lines'][number][] = [];
  let title = name;
  content.split('\n').forEach((raw, i) => {
    const text = raw.trim();
    if (text.startsWith('# ')) title = lines.length === 0 && title === name ? text.slice(2) : title;
    else if (text !== '' && !text.startsWith('#'))
      lines.push({ number: i + 1, text, line: parseLine(text, `${name}:${i + 1}`) });
  });
  return { title, lines };
}
