import type { Session } from './server.ts';
import { readRecord, type Store } from './storage.ts';

export const SESSION = 'session';

/** The conversation that this browser holds, or null. */
export function readSession(store: Store): Session | null {
  const record = readRecord(store, SESSION);
  const id = record?.['id'];
  const token = record?.['token'];
  return typeof id === 'string' && typeof token === 'string' ? { id, token } : null;
}

export function writeSession(store: Store, session: Session): void {
  store.write(SESSION, JSON.stringify(session));
}

/** Forgets a conversation, unless another tab has begun the next one already. */
export function forgetSession(store: Store, id: string): void {
  if (readSession(store)?.id === id) store.remove(SESSION);
}
