import type { Session } from './server.ts';
import { readRecord, type Store } from './storage.ts';

export const SESSION = 'session';
/** The conversation before: its token makes the next one that of the same customer. */
const EARLIER = 'earlier';

/** The conversation that this browser holds, or null. */
export const readSession = (store: Store): Session | null => readFrom(store, SESSION);

/** The conversation that this browser held before, or null. */
export const readEarlier = (store: Store): Session | null => readFrom(store, EARLIER);

function readFrom(store: Store, key: string): Session | null {
  const record = readRecord(store, key);
  const id = record?.['id'];
  const token = record?.['token'];
  return typeof id === 'string' && typeof token === 'string' ? { id, token } : null;
}

export function writeSession(store: Store, session: Session): void {
  store.write(SESSION, JSON.stringify(session));
  store.remove(EARLIER);
}

/** Leaves a conversation behind, unless another tab has begun the next one already. */
export function leaveSession(store: Store, id: string): void {
  const session = readSession(store);
  if (session?.id !== id) return;
  store.write(EARLIER, JSON.stringify(session));
  store.remove(SESSION);
}
