import { sharedWords } from '../components/shared-words.ts';
import { composerWords } from '../features/desk/composer-words.ts';
import { contextWords } from '../features/desk/context-words.ts';
import { threadWords } from '../features/desk/thread-words.ts';
import { deskWords, reasonWords } from '../features/desk/words.ts';
import { faqWords } from '../features/faqs/words.ts';
import { signInWords } from '../features/sign-in/words.ts';
import { ticketWords } from '../features/tickets/words.ts';
import { amid } from '../lib/words.ts';
import { appWords } from './words.ts';

const TABLES = {
  appWords,
  composerWords,
  contextWords,
  deskWords,
  faqWords,
  reasonWords,
  sharedWords,
  signInWords,
  threadWords,
  ticketWords,
};
/** Names that stay as they are in both languages. */
const NAMES = new Set(['slack', 'telegram', 'teams', 'model', 'zhTW', 'en']);

function said(table: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(table)
    .filter(([name]) => !NAMES.has(name))
    .map(([name, text]) => [name, typeof text === 'function' ? String(text(7, 'x', 'y')) : String(text)]);
}

describe.each(Object.entries(TABLES))('%s', (_name, table) => {
  test('every English text is English, and none is empty', () => {
    const wrong = said(table.en).filter(
      ([, text]) => text.trim() === '' || /\p{Script=Han}|[，。：「」！]/u.test(text),
    );
    expect(wrong).toEqual([]);
  });

  test('every Chinese text is Chinese, with full-width punctuation and without exclamations', () => {
    const wrong = said(table['zh-TW']).filter(
      ([, text]) => !/\p{Script=Han}|^\d|^Markdown/u.test(text) || /\p{Script=Han}[,.:;!?]|[！]/u.test(text),
    );
    expect(wrong).toEqual([]);
  });
});

test('a Latin name inside a Chinese sentence has a space on each side', () => {
  expect([`與${amid('林雨彤')}的對話`, `與${amid('訪客 7F2C')}的對話`, `與${amid('Mei')}的對話`]).toEqual([
    '與林雨彤的對話',
    '與訪客 7F2C 的對話',
    '與 Mei 的對話',
  ]);
});
