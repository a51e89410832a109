import type { Terminal } from './command.ts';

const SAME_REQUEST_MS = 300;

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
      let heardAt = Number.NEGATIVE_INFINITY;
      const heard = (): void => {
        // A terminal and a launcher may both pass on the same request.
        const again = performance.now() - heardAt < SAME_REQUEST_MS;
        heardAt = performance.now();
        if (!again) listener();
      };
      for (const request of requests) process.on(request, heard);
      return () => {
        for (const request of requests) process.off(request, heard);
      };
    },
  };
}
