/** How long a customer may wait for a person: the service level of the desk. */
const LIMIT_MINUTES = 10;
/** The share of the limit after which a wait is shown as getting long. */
const SOON = 0.8;
const MINUTE_MS = 60_000;

/** A wait in whole minutes: how long it lasts, and what is left of the limit (below 0: it is over by that much). */
export type Wait = { readonly waited: number; readonly left: number; readonly level: 'ok' | 'soon' | 'breached' };

export function waitSince(requestedAt: string, now: Date): Wait {
  const waited = Math.max(0, Math.floor((now.getTime() - Date.parse(requestedAt)) / MINUTE_MS));
  const left = LIMIT_MINUTES - waited;
  if (left < 0) return { waited, left, level: 'breached' };
  return { waited, left, level: waited >= LIMIT_MINUTES * SOON ? 'soon' : 'ok' };
}
