import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { loadDemoFaqs } from '#flows/demo/demo-content.ts';
import type { Slot } from './fleet.ts';
import type { Random } from './random.ts';

/** Who works at the desk. */
export const AGENTS = ['agent-1', 'agent-2'] as const;
export const AGENT_PASSWORD = 'a long walk by the tide';
export const emailOf = (name: string): string => `${name}@example.com`;

/** What demo customers ask, in Chinese: half as it stands in a FAQ, half in words of their own, for which a model is asked where there is one. */
export function questionsOf(): string[] {
  const written = loadDemoFaqs().flatMap((faq) => [faq['zh-TW'].question, ...faq['zh-TW'].alternatives]);
  const own = written.map(
    (text, index) =>
      `${OPENINGS[index % OPENINGS.length]}${text.replace(/[？?]$/, '')}${ENDINGS[index % ENDINGS.length]}`,
  );
  return [...new Set([...written, ...own])];
}
const OPENINGS = [
  '我昨天在你們網站上看到，想問一下',
  '不好意思打擾了，朋友要我來問問',
  '可以請你告訴我嗎，',
  '我之前問過一次但是忘記了，',
];
const ENDINGS = ['，麻煩你了謝謝', '，這個我一直搞不清楚', '，再請你回覆我'];

/** Chooses an address: mostly one's own, never the one that failed while there is another. */
export function chooser(fronts: readonly Slot[], home: Slot, random: Random): (failed: string | undefined) => string {
  return (failed) => {
    const others = fronts.filter(({ url }) => url !== failed);
    if (failed !== home.url && random.next() < 0.7) return home.url;
    return others.length > 0 ? random.pick(others).url : home.url;
  };
}

/** Makes the account of an agent, as an operator does. `env` reaches the database. */
export async function makeAgent(root: string, env: Record<string, string>, name: string): Promise<void> {
  const words = ['--email', emailOf(name), '--name', name, '--role', 'agent', '--password', AGENT_PASSWORD];
  await promisify(execFile)(process.execPath, ['cli/frontdesk.ts', 'user', 'create', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
}
