import { buildPages } from './build.ts';
import type { Command } from './command.ts';

/** `build`: makes what browsers load. */
export const buildCommand: Command = {
  name: 'build',
  summary: 'Builds the admin UI and the chat widget where their sources changed; start does so by itself.',
  options: {},
  run: async (_given, terminal) => {
    await buildPages({ onProgress: (step) => terminal.print(`  ${step} …`) });
    terminal.print('The pages are built.');
    return 0;
  },
};
