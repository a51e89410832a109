import { randomBytes } from 'node:crypto';
import type { IntentChoice, IntentModel } from '#core/understanding/intent-model.ts';
import { firstObject, readIntentAnswer } from './intent-answer.ts';
import { intentPrompt, PROMPT_VERSION } from './intent-prompt.ts';
import { OllamaFault } from './ollama-fault.ts';
import { isWorthAnotherTry, type Chat, type OllamaServers } from './ollama-servers.ts';

/** Tokens for the key and the longest name, and for each value. */
const ANSWER_TOKENS = 64;
const VALUE_TOKENS = 40;
/** No answer to a question of ours is longer; a model that goes on is lost in a loop. */
const LONGEST_ANSWER = 4_000;
/** With less time left another try would only keep the customer waiting. */
const WORTH_ANOTHER_MS = 700;

/**
 * The intents as a model on Ollama chooses them. One more try is made when the first one brought nothing and enough of
 * `budgetMs` is left, at another server if there is one. `random` draws the code that marks a question.
 */
export function createOllamaIntents(tools: {
  servers: OllamaServers;
  budgetMs?: number;
  now?: () => number;
  random?: (size: number) => Uint8Array;
}): IntentModel {
  const { servers, budgetMs = 1_500, now = () => performance.now(), random = randomBytes } = tools;

  return {
    name: `${servers.model} ${PROMPT_VERSION}`,
    ready: () => servers.ready('intent'),
    async choose(question, signal) {
      const begun = now();
      const most = ANSWER_TOKENS + VALUE_TOKENS * question.wanted.length;
      const names = question.candidates.map(({ name }) => name);
      const onTime = (): boolean => budgetMs - (now() - begun) > WORTH_ANOTHER_MS;
      let tries = 2;
      let last: string | undefined;

      async function attempt(chat: Chat): Promise<IntentChoice> {
        tries--;
        const code = Buffer.from(random(4)).toString('hex');
        const { system, user, format, answerKey } = intentPrompt(question, code, servers.contextTokens - most);
        const messages = [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ];
        const text = await readAnswer(chat({ messages, format, most, temperature: 0 }, signal));
        return readIntentAnswer(text, { answerKey, names, wanted: question.wanted });
      }

      /** An answer that is none is asked for once more at the same server: the breaker counts only the second one. */
      async function visit(chat: Chat, server: string): Promise<IntentChoice> {
        last = server;
        try {
          return await attempt(chat);
        } catch (error) {
          const invalid = error instanceof OllamaFault && error.kind === 'invalid';
          if (!invalid || tries === 0 || !onTime()) throw error;
          return attempt(chat);
        }
      }

      try {
        return await servers.run('intent', signal, visit);
      } catch (error) {
        if (!isWorthAnotherTry(error) || tries === 0 || !onTime() || signal.aborted) throw error;
        return servers.run('intent', signal, visit, last);
      }
    },
  };
}

/** The text up to its end, or up to a whole object when the model goes on after it: some write blanks until they are cut off. */
async function readAnswer(parts: ReturnType<Chat>): Promise<string> {
  let text = '';
  let whole = false;
  for await (const part of parts) {
    if (whole && part.text.trim() === '') return text;
    text += part.text;
    whole ||= firstObject(text) !== undefined;
    if (text.length > LONGEST_ANSWER) throw new OllamaFault('invalid', "The model's answer has no end.");
    if (part.end === 'length' && !whole) throw new OllamaFault('invalid', "The model's answer was cut off.");
  }
  return text;
}
