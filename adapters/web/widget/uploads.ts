import type { Attachment } from '#core/conversation/content.schema.ts';
import type { Refusal } from './outbox.ts';
import { ServerRefusal, type Server, type Session } from './server.ts';

/** Largest file, in bytes; the server refuses larger ones too. */
export const MAX_FILE = 20 * 1024 * 1024;

/** A file on its way up. Its bytes live in this tab only: a reload loses it, and it says so by being gone. */
export type Upload = { id: string; at: number; file: File; refused?: Refusal };

export type Uploads = {
  list(): readonly Upload[];
  add(file: File): void;
  /** Sends what waits; called when a line is there. */
  pump(session: Session): void;
  retry(id: string): void;
  remove(id: string): void;
  clear(): void;
};

type Work = Upload & { running: boolean };

export function createUploads(tools: {
  server: Server;
  id: () => string;
  now: () => number;
  onChange: () => void;
  onStored: (attachment: Attachment) => void;
  onExpired: () => void;
}): Uploads {
  let works: Work[] = [];
  const forget = (id: string): void => {
    works = works.filter((work) => work.id !== id);
    tools.onChange();
  };

  const send = async (work: Work, session: Session): Promise<void> => {
    work.running = true;
    try {
      const attachment = await tools.server.upload(session, work.file, work.file.name || 'file');
      if (!works.includes(work)) return;
      forget(work.id);
      tools.onStored(attachment);
    } catch (fault) {
      if (!(fault instanceof ServerRefusal)) throw fault;
      work.running = false;
      if (fault.status === 401) tools.onExpired();
      // Without an answer it is tried again at the next line; the person may also do it.
      else work.refused = { status: fault.status, detail: fault.message };
      tools.onChange();
    }
  };

  return {
    list: () => works,
    add(file) {
      works = [...works, { id: tools.id(), at: tools.now(), file, running: false }];
      tools.onChange();
    },
    pump(session) {
      for (const work of works) {
        if (work.running || (work.refused && work.refused.status !== 0)) continue;
        delete work.refused;
        void send(work, session);
      }
      tools.onChange();
    },
    retry(id) {
      const work = works.find((one) => one.id === id);
      if (work) delete work.refused;
      tools.onChange();
    },
    remove: forget,
    clear() {
      works = [];
    },
  };
}
