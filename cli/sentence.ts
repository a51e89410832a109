import { Problem } from '#core/errors.ts';

type SystemFault = { code?: string; message?: string; port?: number; address?: string };

/** What a thrown thing says to the one at the terminal: what is wrong, and how to mend it where we know. */
export function sentenceOf(fault: unknown): string {
  if (fault instanceof Problem) return fault.message;
  const { code, message = String(fault), port, address } = (fault ?? {}) as SystemFault;
  const place = address === undefined ? `port ${port}` : `${address}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is used by another program: stop that one, or choose another port (PORT=${(port ?? 3000) + 1} npm start).`;
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${address}: set HOST to one that it has, or leave it out.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full (${message}): free some space and start again.`;
    case 'EACCES':
    case 'EPERM':
      return port === undefined
        ? `This user may not do that (${message}): give it the right to, or set FRONTDESK_DATA to a folder of its own.`
        : `This user may not listen on ${place}: choose a port above 1023.`;
    case 'ECONNREFUSED':
      return `Nothing answers at ${place}: start what should listen there, or correct the address in the settings.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `A name in the settings leads nowhere (${message}): correct the address.`;
    default:
      return `Something unexpected happened: ${message} (--verbose shows where)`;
  }
}
