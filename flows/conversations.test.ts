import fs from 'node:fs';
import path from 'node:path';
import type { Locale } from '#core/conversation/content.schema.ts';
import { createFlowCompiler } from '#core/dialogue/compile.ts';
import { createDialogue } from '#core/dialogue/dialogue.ts';
import { demoSearch, demoTuning } from './demo-desk.ts';
import { demoIntents, demoUnderstanding } from './demo-understanding.ts';
import { loadShippedFlows } from './flows.ts';
import { rehearse } from './rehearse.ts';
import { createRehearsal } from './rehearsal.ts';
import { parseTranscript } from './transcript.ts';

const folder = path.join(import.meta.dirname, 'conversations');
const files = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort();

const set = createFlowCompiler().compile(loadShippedFlows());
const understanding = demoUnderstanding();
const search = demoSearch();
const intents = demoIntents();

function talk(locale: Locale, inProcess: boolean) {
  let last = 0;
  const dialogue = createDialogue({
    release: (id) => (id === set.id ? set : undefined),
    current: () => set,
    intents: () => intents,
    ids: { nonce: () => `n${(last += 1)}` },
    ...demoTuning(),
  });
  return createRehearsal({
    dialogue,
    lookups: { understand: (query) => (inProcess ? understanding.now(query)! : understanding.ask(query)), search },
    locale,
    inProcess,
  });
}

describe.each([
  ['zh-TW', 'inside the process', true],
  ['zh-TW', 'waiting for answers', false],
  ['en', 'inside the process', true],
  ['en', 'waiting for answers', false],
] as const)('the conversations in %s, %s', (locale, _, inProcess) => {
  const own = files
    .filter((name) => name.endsWith(`.${locale}.txt`))
    .map((name) => [name, parseTranscript(name, fs.readFileSync(path.join(folder, name), 'utf8'))] as const);
  test.each(own.map(([name, transcript]) => [transcript.title, name, transcript] as const))(
    '%s (%s)',
    async (_, name, transcript) => {
      await rehearse(name, transcript, talk(locale, inProcess));
    },
  );
});

const stories = (locale: Locale) =>
  files.filter((name) => name.endsWith(`.${locale}.txt`)).map((name) => name.split('.')[0]);

test('every conversation is held in both languages', () => {
  expect(stories('en')).toEqual(stories('zh-TW'));
});
