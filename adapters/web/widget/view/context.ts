import type { Attachment, Locale } from '#core/conversation/content.schema.ts';
import type { Outgoing } from '../outbox.ts';
import type { Words } from '../words.ts';

/** What the drawing of a message needs beside the message. */
export type ViewContext = {
  locale: () => Locale;
  words: () => Words;
  now: () => Date;
  send: (content: Outgoing) => void;
  resend: (id: string) => void;
  discard: (id: string) => void;
  skipRating: (seq: number) => void;
  /** Says something once to screen readers. */
  announce: (text: string) => void;
  files: Files;
};

/** Stored files, fetched with the visitor's token. */
export type Files = {
  picture: (attachment: Attachment) => HTMLElement;
  tile: (attachment: Attachment) => HTMLElement;
  /** A file that is not stored yet: its tile without a download. */
  waitingTile: (attachment: Attachment) => HTMLElement;
};
