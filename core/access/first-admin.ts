import { Problem } from '#core/errors.ts';
import type { Random } from '#core/privacy/random.ts';
import type { Accounts } from './accounts.ts';

/** How whoever installed it signs in for the first time. */
export type FirstAdmin = { email: string; password: string };

const EMAIL = 'admin@frontdesk.local';
const PASSWORD_BYTES = 12;

/** A password that nobody has to think of: 96 random bits. */
export const drawPassword = (random: Random): string => random(PASSWORD_BYTES).toString('base64url');

/** Makes the first admin of an installation; undefined when it has one, or another process that starts beside this one made it. */
export async function makeFirstAdmin(accounts: Accounts, random: Random): Promise<FirstAdmin | undefined> {
  if (await accounts.hasAdmin()) return undefined;
  const password = drawPassword(random);
  try {
    await accounts.create({ email: EMAIL, name: 'Admin', roles: ['admin', 'agent'], password });
  } catch (error) {
    if (error instanceof Problem && error.kind === 'conflict') return undefined;
    throw error;
  }
  return { email: EMAIL, password };
}
