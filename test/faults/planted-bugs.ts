import type { Violation } from './checker.ts';
import type { Blows } from './nemesis.ts';

/** A place in the sources where a bug is planted: `find` stands there once. */
export type Planting = { file: string; find: string; put: string };

/** A bug as somebody might have written it, what brings it to light, and what the fault test must say of it. */
export type PlantedBug = {
  name: string;
  scenario: 'chat' | 'delivery';
  blows: Partial<Blows>;
  seconds: number;
  expects: readonly Violation[];
  plantings: readonly Planting[];
};

/** The five mistakes that such a system is built to not make. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'acknowledge before commit',
    scenario: 'chat',
    blows: { kill: 3, 'postgres immediate': 2 },
    seconds: 4,
    expects: ['lost'],
    plantings: [
      {
        file: 'adapters/web/chat-sockets.ts',
        find: 'const { seq } = await chat.say(client.sessionId, { clientId: clientMessageId, content });',
        put: `const seq = client.cursor + 1;
      send(client, { type: 'accepted', clientMessageId, seq });
      await chat.say(client.sessionId, { clientId: clientMessageId, content });`,
      },
    ],
  },
  {
    name: 'no unique key',
    scenario: 'chat',
    blows: { freeze: 4 },
    seconds: 4,
    expects: ['written twice'],
    plantings: [
      {
        file: 'migrations/Migration20261124150000_initial.ts',
        find: `this.addSql(\`alter table "inbound" add constraint "inbound_delivery_key" unique ("delivery_key");\`);`,
        put: '',
      },
      {
        file: 'core/channel/web-chat.ts',
        find: 'const known = holder.remembered.get(message.clientId);',
        put: 'const known = undefined as number | undefined;',
      },
    ],
  },
  {
    name: 'no epoch check',
    // Two processes sweep while the model thinks: what one has claimed the other must not be able to finish.
    scenario: 'chat',
    blows: {},
    seconds: 4,
    expects: ['answered twice', 'bot over person'],
    plantings: [
      {
        file: 'adapters/postgres/turn-writer.ts',
        find: `where s.id = t.id and s.epoch = t.epoch and s.seq = t.seq and s.mode = t.mode and s.pending = 0
     and (s.lease_until is null or s.lease_until < now())`,
        put: 'where s.id = t.id',
      },
      {
        file: 'adapters/postgres/turn-transaction.ts',
        find: `where id = $1 and epoch = $2 and mode in ('bot', 'queued')
   and ($12::int is null or (seq = $12 and pending = 0 and (lease_until is null or lease_until < now())))`,
        put: 'where id = $1 and $2::int is not null and ($12::int is null or true)',
      },
      {
        // The column's check would refuse the second of two turns that take the same messages.
        file: 'adapters/postgres/turn-transaction.ts',
        find: 'pending = pending - $4',
        put: 'pending = greatest(0, pending - $4)',
      },
      {
        // And a check of the table would refuse a bot's turn in a conversation that has an agent.
        file: 'adapters/postgres/turn-transaction.ts',
        find: 'locale = $6, mode = $7,',
        put: `locale = $6, mode = case when mode = 'agent' then mode else $7 end,`,
      },
      {
        file: 'adapters/postgres/claims.ts',
        find: `where id = $1 and mode in ('bot', 'queued') and (lease_until is null or lease_until < now())`,
        put: 'where id = $1',
      },
      {
        file: 'adapters/postgres/conversation-store.ts',
        find: `where pending > 0 and mode in ('bot', 'queued') and (lease_until is null or lease_until < now())`,
        put: 'where pending > 0',
      },
    ],
  },
  {
    name: 'blind resend',
    scenario: 'delivery',
    blows: { kill: 4, freeze: 1 },
    seconds: 4,
    expects: ['sent twice'],
    plantings: [
      {
        file: 'core/channel/deliver.ts',
        find: 'const found = await ask(message, adapter);',
        put: `const found = { kind: 'absent' } as Reconciled;`,
      },
    ],
  },
  {
    // Nothing else goes wrong here: what waits, waits because of the bug and not for a dead worker's lease.
    name: 'lost wake-up without sweep',
    scenario: 'chat',
    blows: {},
    seconds: 2,
    expects: ['stuck'],
    plantings: [
      {
        file: 'core/channel/web-chat.ts',
        find: `if (received.mode !== 'agent') tools.wake(id);`,
        put: '',
      },
      {
        file: 'core/channel/sweeper.ts',
        find: 'for (const id of found) begin(id);',
        put: 'void found;',
      },
    ],
  },
];

/** Plants one in sources; throws when they have changed so that it would be none. `replace` gives a file's new text. */
export function plantBug(
  { name, plantings }: PlantedBug,
  sources: { read: (file: string) => string; replace: (file: string, text: string) => void },
): void {
  for (const { file, find, put } of plantings) {
    const text = sources.read(file);
    const found = text.split(find).length - 1;
    if (found !== 1)
      throw new Error(
        `"${name}" cannot be planted: ${file} holds ${JSON.stringify(find)} ${found} times, not once. Mend test/faults/planted-bugs.ts.`,
      );
    sources.replace(
      file,
      text.replace(find, () => put),
    );
  }
}
