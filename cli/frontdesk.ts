import { runCommandLine } from './command-line.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
// The launcher listens for our end; its line alone would keep us alive.
if (process.connected) process.disconnect();
