import { z } from 'zod';
import { parseConfiguration } from '#core/configuration.ts';
import { invalid } from '#core/errors.ts';
import type { Command, Given } from './command.ts';

const Wanted = z.object({
  email: z.email('--email must be an e-mail address.'),
  name: z.string({ error: '--name must be given.' }).trim().min(1, '--name must not be empty.').max(100),
  role: z.enum(['admin', 'agent', 'customer'], { error: '--role must be admin, agent or customer.' }),
  password: z.string().min(12, '--password must have 12 characters or more.').optional(),
});

/** `user create`: makes somebody who signs in. */
export const userCreateCommand: Command = {
  name: 'user create',
  summary: 'Makes a user. Without --password one is drawn and shown once.',
  options: {
    email: { value: 'address', says: 'What they sign in with.' },
    name: { value: 'name', says: 'What others see.' },
    role: { value: 'admin|agent|customer', says: 'What they may do; default agent.' },
    password: { value: 'password', says: 'Others on this machine may see it in the list of processes.' },
  },
  run: async (given, terminal) => {
    const wanted = readWanted(given);
    const configuration = parseConfiguration(terminal.env);
    const { createUser } = await import('../main.ts');
    const { email, password } = await createUser(configuration, wanted);
    terminal.print(`${email} may sign in as ${wanted.role}.`);
    if (wanted.password === undefined) terminal.print(`Password, shown this once: ${password}`);
    return 0;
  },
};

function readWanted(given: Given): z.infer<typeof Wanted> {
  const parsed = Wanted.safeParse({
    email: given.text('email'),
    name: given.text('name'),
    role: given.text('role') ?? 'agent',
    password: given.text('password'),
  });
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ message }) => message).join(' '));
}
