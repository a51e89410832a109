import type { InboundContent, OutboundContent } from './content.schema.ts';
import { plainText } from './plain-text.ts';

const attachment = { id: 'u', name: 'a.png', type: 'image/png', bytes: 1 };

const SAMPLES: readonly [InboundContent | OutboundContent, string][] = [
  [{ kind: 'text', text: 'hi' }, 'hi'],
  [{ kind: 'quick_replies', text: 'which?', choices: [{ id: 'a', label: 'A' }] }, 'which?'],
  [{ kind: 'link', text: 'look', url: 'https://shop.example' } as OutboundContent, 'look https://shop.example'],
  [{ kind: 'card', title: 'Cup', subtitle: 'blue' }, 'Cup\nblue'],
  [{ kind: 'carousel', text: 'cups', cards: [{ title: 'A' }, { title: 'B' }] }, 'cups\nA\nB'],
  [{ kind: 'action', id: 'x', label: 'Yes' }, 'Yes'],
  [{ kind: 'action', id: 'x' }, '⟨button⟩'],
  [{ kind: 'command', name: 'start' }, '/start'],
  [{ kind: 'command', name: 'start', argument: 'shop' }, '/start shop'],
  [{ kind: 'image', attachment, caption: 'broken' }, 'broken [a.png]'],
  [{ kind: 'file', attachment }, '[a.png]'],
  [{ kind: 'voice', attachment, transcript: 'hello' }, 'hello'],
  [{ kind: 'voice', attachment }, '[a.png]'],
  [{ kind: 'location', latitude: 25.03, longitude: 121.56 }, '25.03, 121.56'],
  [{ kind: 'location', latitude: 25.03, longitude: 121.56, title: 'Taipei 101' }, 'Taipei 101'],
  [{ kind: 'contact', name: 'Amy', email: 'amy@example.com' }, 'Amy amy@example.com'],
  [{ kind: 'form', id: 'f', values: { name: 'Amy', phone: '0912' } }, 'name: Amy\nphone: 0912'],
  [{ kind: 'form', id: 'f', values: {} }, '⟨form⟩'],
  [{ kind: 'form', text: 'fill in', fields: [], submit: { id: 's', label: 'Send' } } as never, 'fill in'],
  [{ kind: 'rating', score: 4 }, '4/5'],
  [{ kind: 'rating', score: 4, comment: 'good' }, '4/5 good'],
  [{ kind: 'reaction', to: 1, value: 'up' }, '👍'],
  [{ kind: 'reaction', to: 1, value: 'down' }, '👎'],
];

test.each(SAMPLES)('%j reads %j', (content, words) => expect(plainText(content)).toBe(words));
