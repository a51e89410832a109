import { parseConfiguration } from '#core/configuration.ts';
import type { Command } from './command.ts';

/** `seed`: loads the demo content into a database that lacks it. */
export const seedCommand: Command = {
  name: 'seed',
  summary: 'Loads the demo content (flows, intents, FAQs) where it is missing; the first start does so by itself.',
  options: {},
  run: async (_given, terminal) => {
    const configuration = parseConfiguration(terminal.env);
    const { seedDemo } = await import('../main.ts');
    await seedDemo(configuration);
    terminal.print('The demo content is there.');
    return 0;
  },
};
