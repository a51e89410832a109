import { parseConfiguration } from '#core/configuration.ts';
import type { Command } from './command.ts';

/** `migrate`: brings the database to the newest schema. */
export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Brings the database to the schema of this version; start does so by itself.',
  options: {},
  run: async (_given, terminal) => {
    const configuration = parseConfiguration(terminal.env);
    const { migrateDatabase } = await import('../main.ts');
    const ran = await migrateDatabase(configuration);
    terminal.print(ran.length === 0 ? 'The database is up to date.' : `Done: ${ran.join(', ')}.`);
    return 0;
  },
};
