import type { DataKey, Seal } from './seal.ts';

/** A contact's data key, or the fact that it was destroyed: what it sealed can never be read again. */
export type ContactKey = { erased: false; key: DataKey } | { erased: true };

/** Unwrapped data keys by contact, the last used ones kept in memory. */
export type ContactKeys = {
  /** The contact's key, loaded when it is not in memory. */
  of(contactId: string): Promise<ContactKey>;
  /** The same without a look-up, when a query already brought the wrapped key (`null`: destroyed). */
  open(contactId: string, wrapped: Buffer | null): ContactKey;
  /** Drops the key from memory; call it where a contact is erased. */
  forget(contactId: string): void;
};

type Held = { key: DataKey; since: number };

const ERASED: ContactKey = { erased: true };

/**
 * `load` reads the wrapped key of a contact, `null` when it was destroyed. At most `capacity` keys are held, each for
 * `maxAgeMs`: after that long every process has forgotten a contact that another process erased. `now` is in milliseconds.
 */
export function createContactKeys(tools: {
  seal: Pick<Seal, 'openDataKey'>;
  load: (contactId: string) => Promise<Buffer | null>;
  now: () => number;
  capacity?: number;
  maxAgeMs?: number;
}): ContactKeys {
  const { seal, load, now, capacity = 10_000, maxAgeMs = 600_000 } = tools;
  // A Map keeps insertion order: its first entry is the one that was not used for longest.
  const held = new Map<string, Held>();
  const loading = new Map<string, Promise<ContactKey>>();

  const find = (contactId: string): DataKey | undefined => {
    const entry = held.get(contactId);
    if (!entry) return undefined;
    held.delete(contactId);
    if (now() - entry.since >= maxAgeMs) return undefined;
    held.set(contactId, entry);
    return entry.key;
  };
  const hold = (contactId: string, key: DataKey): void => {
    held.delete(contactId);
    held.set(contactId, { key, since: now() });
    if (held.size > capacity) held.delete(held.keys().next().value!);
  };

  return {
    of(contactId) {
      const key = find(contactId);
      if (key) return Promise.resolve({ erased: false, key });
      const already = loading.get(contactId);
      if (already) return already;
      const loaded = load(contactId)
        .then((wrapped): ContactKey => {
          if (!wrapped) return ERASED;
          const key = seal.openDataKey(wrapped);
          // Forgotten while it was loading: it must not come back into memory.
          if (loading.get(contactId) === loaded) hold(contactId, key);
          return { erased: false, key };
        })
        .finally(() => {
          if (loading.get(contactId) === loaded) loading.delete(contactId);
        });
      loading.set(contactId, loaded);
      return loaded;
    },
    open(contactId, wrapped) {
      if (!wrapped) {
        held.delete(contactId);
        loading.delete(contactId);
        return ERASED;
      }
      const known = find(contactId);
      if (known) return { erased: false, key: known };
      const key = seal.openDataKey(wrapped);
      hold(contactId, key);
      return { erased: false, key };
    },
    forget(contactId) {
      held.delete(contactId);
      loading.delete(contactId);
    },
  };
}
