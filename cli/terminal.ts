import type { Terminal } from './command.ts';

/** This process's own terminal. Ctrl-C, SIGTERM, SIGHUP and the end of the launcher are all requests to end. */
export function processTerminal(): Terminal {
  // Whoever read our output may be gone; that is no reason to stop in the middle of something.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return {
    env: process.env,
    input: process.stdin,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    write: (words) => process.stdout.write(words),
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    exitNow: (code) => process.exit(code),
    onInterrupt: (listener) => {
      const requests = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'];
      for (const request of requests) process.on(request, listener);
      return () => {
        for (const request of requests) process.off(request, listener);
      };
    },
  };
}
