import fs from 'node:fs';
import path from 'node:path';
import { Locale } from '#core/conversation/content.schema.ts';
import { createFlowCompiler } from '#core/dialogue/compile.ts';
import { createDialogue } from '#core/dialogue/dialogue.ts';
import type { Understanding } from '#core/understanding/understand.ts';
import type { Understood } from '#core/understanding/understood.ts';
import { demoSearch, demoTuning } from './demo-desk.ts';
import { demoIntents } from './demo-understanding.ts';
import { loadShippedFlows } from './flows.ts';
import { createRehearsal, type Rehearsal } from './rehearsal.ts';
import { parseTranscript, type Transcript } from './transcript.ts';

/** A conversation of `conversations/`: `06-ticket` in one language. */
export type DemoConversation = { file: string; story: string; locale: Locale; transcript: Transcript };

/** The conversations that ship with the flows, in the order of their numbers. Throws where a file cannot be read as one. */
export function demoConversations(): DemoConversation[] {
  const folder = path.join(import.meta.dirname, 'conversations');
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return files.sort().map((file) => {
    const [story = '', language] = file.split('.');
    const transcript = parseTranscript(file, fs.readFileSync(path.join(folder, file), 'utf8'));
    return { file, story, locale: Locale.parse(language), transcript };
  });
}

/** A talk with the demo shop: the shipped flows, its knowledge and its orders. `onUnderstood` hears of every message that was read. */
export type DemoTalks = (options: {
  understanding: Understanding;
  locale: Locale;
  inProcess: boolean;
  onUnderstood: (understood: Understood) => void;
}) => Rehearsal;

/** Compiles the flows and fills the index once, for any number of talks. */
export function createDemoTalks(): DemoTalks {
  const set = createFlowCompiler().compile(loadShippedFlows());
  const search = demoSearch();
  const intents = demoIntents();
  return ({ understanding, locale, inProcess, onUnderstood }) => {
    let last = 0;
    const dialogue = createDialogue({
      release: (id) => (id === set.id ? set : undefined),
      current: () => set,
      intents: () => intents,
      ids: { nonce: () => `n${(last += 1)}` },
      ...demoTuning(),
    });
    const heard = (understood: Understood): Understood => {
      onUnderstood(understood);
      return understood;
    };
    return createRehearsal({
      dialogue,
      lookups: {
        understand: (query) =>
          inProcess
            ? heard(understanding.now(query)!)
            : understanding.ask(query).then((understood) => heard(understood)),
        search,
      },
      locale,
      inProcess,
    });
  };
}
