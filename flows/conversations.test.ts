import type { Locale } from '#core/conversation/content.schema.ts';
import type { Rung } from '#core/understanding/understood.ts';
import { createDemoTalks, demoConversations } from './demo-conversations.ts';
import { demoUnderstanding } from './demo-understanding.ts';
import { rehearse } from './rehearse.ts';

const conversations = demoConversations();
const talk = createDemoTalks();
const understanding = demoUnderstanding();

describe.each([
  ['zh-TW', 'inside the process', true],
  ['zh-TW', 'waiting for answers', false],
  ['en', 'inside the process', true],
  ['en', 'waiting for answers', false],
] as const)('the conversations in %s, %s', (locale, _, inProcess) => {
  const rungs = new Set<Rung>();
  const own = conversations.filter((one) => one.locale === locale);
  test.each(own.map((one) => [one.transcript.title, one.file, one.transcript] as const))(
    '%s (%s)',
    async (_, file, transcript) => {
      const onUnderstood = ({ rung }: { rung: Rung }): void => void rungs.add(rung);
      await rehearse(file, transcript, talk({ understanding, locale, inProcess, onUnderstood }));
    },
  );

  test('nobody but commands and the classifier decided', () => {
    expect([...rungs].sort()).toEqual(['classifier', 'command']);
  });
});

const stories = (locale: Locale): string[] =>
  conversations.filter((one) => one.locale === locale).map(({ story }) => story);

test('every conversation is held in both languages', () => {
  expect(stories('en')).toEqual(stories('zh-TW'));
});
