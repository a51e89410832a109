import type { ContactKeys } from '#core/privacy/contact-keys.ts';
import type { DataKey, Seal } from '#core/privacy/seal.ts';

/** What the tables need of the seal: JSON and text in and out, each bound to its place. */
export type Sealing = {
  newKey(): { key: DataKey; wrapped: Buffer };
  /** The key of a row's owner; undefined once it was destroyed. */
  key(ownerId: string, wrapped: Buffer | null): DataKey | undefined;
  keyOf(contactId: string): Promise<DataKey | undefined>;
  seal(key: DataKey, column: Column, row: string, text: string): Buffer;
  /** Null when there is nothing, or when its key was destroyed. */
  open(key: DataKey | undefined, column: Column, row: string, sealed: Buffer | null): string | null;
  openJson(key: DataKey | undefined, column: Column, row: string, sealed: Buffer | null): unknown;
};

/** Every sealed column of the house: `table.column`. */
export type Column =
  | 'chat_messages.body'
  | 'chat_sessions.state'
  | 'chat_sessions.page'
  | 'chat_sessions.rating_comment'
  | 'contacts.name'
  | 'contacts.email'
  | 'contacts.phone'
  | 'contact_identities.external'
  | 'handoffs.collected'
  | 'notes.body'
  | 'tickets.subject'
  | 'tickets.description'
  | 'uploads.name'
  | 'users.email'
  | 'users.name';

export function createSealing({ seal, keys }: { seal: Seal; keys: ContactKeys }): Sealing {
  const place = (column: Column, row: string) => {
    const [table, name] = column.split('.') as [string, string];
    return { table, column: name, row };
  };
  const open = (key: DataKey | undefined, column: Column, row: string, sealed: Buffer | null): string | null =>
    key && sealed ? seal.openText(key, place(column, row), sealed) : null;
  return {
    newKey: () => seal.newDataKey(),
    key(ownerId, wrapped) {
      const found = keys.open(ownerId, wrapped);
      return found.erased ? undefined : found.key;
    },
    async keyOf(contactId) {
      const found = await keys.of(contactId);
      return found.erased ? undefined : found.key;
    },
    seal: (key, column, row, text) => seal.seal(key, place(column, row), text),
    open,
    openJson(key, column, row, sealed) {
      const text = open(key, column, row, sealed);
      return text === null ? null : (JSON.parse(text) as unknown);
    },
  };
}
