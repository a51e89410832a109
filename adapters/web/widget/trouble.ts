import { createAlarms } from './alarms.ts';
import type { Line } from './connection.ts';
import type { Timers } from './timers.ts';

/** What stands between the visitor and an answer. `busy`: the server takes no new conversation now; `refused`: not from this page. */
export type Trouble = 'offline' | 'reconnecting' | 'busy' | 'refused';

/** A line that is back within this time was never gone for the visitor. */
const SHOWN_AFTER_MS = 1_500;

export type TroubleWatch = {
  lineChanged(line: Line): void;
  network(up: boolean): void;
  /** No conversation could be begun; null: it could. */
  beginFailed(status: number | null): void;
  now(): Trouble | null;
};

export function createTroubleWatch(tools: { timers: Timers; onChange: () => void }): TroubleWatch {
  const alarms = createAlarms(tools.timers);
  let line: Line = 'idle';
  let networkUp = true;
  let lasting = false;
  let busy = false;
  return {
    lineChanged(next) {
      line = next;
      if (line === 'online') {
        lasting = false;
        alarms.cancel('lasting');
      } else if (line !== 'idle' && !lasting && !alarms.has('lasting'))
        alarms.set('lasting', SHOWN_AFTER_MS, () => {
          lasting = true;
          tools.onChange();
        });
    },
    network(up) {
      networkUp = up;
    },
    beginFailed(status) {
      busy = status === 429 || status === 503;
      if (status !== null) lasting = true;
    },
    now() {
      if (line === 'refused') return 'refused';
      if (!networkUp) return 'offline';
      if (busy) return 'busy';
      return lasting && line !== 'online' ? 'reconnecting' : null;
    },
  };
}
