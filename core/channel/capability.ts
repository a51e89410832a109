import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import type { InboundKind, OutboundContent, OutboundKind } from '#core/conversation/content.schema.ts';

/**
 * How a channel shows what we say: by an element made for it, by other elements of its own, or as the plain text of
 * `fallback.ts`. `by` names the element.
 */
export type Shown = { as: 'native' | 'adapted' | 'text'; by: string };

/** How a kind of message reaches us from a channel; `none`: it cannot be sent there. */
export type Heard = { as: 'native' | 'adapted' | 'none'; by: string };

/** What can be done beside sending messages; `within`: only there, or only so long. */
export type Operation = 'typing' | 'stream' | 'edit' | 'delete';
export type Support = { as: 'native' | 'adapted' | 'none'; by: string; within?: string };

/** A limit with the unit in which that platform counts: `utf16` code units, `bytes` (of UTF-8 where it is text), `items`. */
export type Limit = { most: number; unit: 'utf16' | 'bytes' | 'items' };

/** What an adapter must stay within; a value is what is safe to use, which may be less than the platform claims. */
export type Limits = {
  text: Limit;
  caption: Limit;
  choices: Limit;
  choiceLabel: Limit;
  /** What a button carries: our nonces have 20 bytes. */
  choiceData: Limit;
  cards: Limit;
  cardTitle: Limit;
  cardText: Limit;
  image: Limit;
  file: Limit;
  /** The whole message with all its elements. */
  message: Limit;
  /** Messages of ours in one conversation, at eight tenths of what the platform allows; null: as many as we like. */
  pace: { count: number; seconds: number } | null;
};

/** All that a channel can do. */
export type Capabilities = {
  out: Record<OutboundKind, Shown>;
  in: Record<InboundKind, Heard>;
  operations: Record<Operation, Support>;
  limits: Limits;
};

const native = (by: string) => ({ as: 'native', by }) as const;
const adapted = (by: string) => ({ as: 'adapted', by }) as const;
const text = (by: string) => ({ as: 'text', by }) as const;
const none = (by: string) => ({ as: 'none', by }) as const;
const within = (support: Support, where: string): Support => ({ ...support, within: where });

const utf16 = (most: number) => ({ most, unit: 'utf16' }) as const;
const bytes = (most: number) => ({ most, unit: 'bytes' }) as const;
const items = (most: number) => ({ most, unit: 'items' }) as const;
const MB = 1_000_000;

/** What each channel can show, hear and do. A new kind of message does not compile until it stands here for every channel. */
export const CAPABILITIES = {
  web: {
    out: {
      text: native('bubble, sanitized Markdown'),
      quick_replies: native('chips, gone after use'),
      card: native('card'),
      carousel: native('cards to swipe'),
      image: native('picture from our media origin'),
      file: native('tile to download'),
      form: native('form in the chat'),
      confirm: native('two buttons, the dangerous one marked'),
      link: native('button'),
      handoff_notice: native('banner with the agent’s name'),
      system: native('note between the messages'),
      csat: native('stars'),
    },
    in: {
      text: native('message'),
      action: native('button'),
      command: adapted('text that begins with /'),
      image: native('upload'),
      file: native('upload'),
      voice: none('the widget records no sound'),
      audio: adapted('upload'),
      video: adapted('upload'),
      location: none('the widget does not ask where somebody is'),
      contact: adapted('form'),
      form: native('form in the chat'),
      rating: native('stars'),
      reaction: native('thumbs under an answer'),
    },
    operations: {
      typing: native('frame'),
      stream: native('delta frames'),
      edit: native('frame'),
      delete: native('frame'),
    },
    limits: {
      text: utf16(8_000),
      caption: utf16(1_000),
      choices: items(10),
      choiceLabel: utf16(80),
      choiceData: bytes(20),
      cards: items(10),
      cardTitle: utf16(200),
      cardText: utf16(1_000),
      image: bytes(20 * MB),
      file: bytes(20 * MB),
      message: bytes(65_536),
      pace: null,
    },
  },
  slack: {
    out: {
      text: native('markdown block, and its text for notifications'),
      quick_replies: native('actions block; from six choices on a select menu'),
      card: adapted('section with a picture, actions block'),
      carousel: native('carousel block'),
      image: native('image block'),
      file: native('external upload'),
      form: adapted('button that opens a modal: a modal needs a fresh trigger'),
      confirm: native('buttons, the dangerous one with a dialog'),
      link: native('button with an address, whose click is acknowledged'),
      handoff_notice: adapted('context block; agents write under their own name'),
      system: adapted('context block'),
      csat: adapted('five buttons'),
    },
    in: {
      text: native('message, mention, /me'),
      action: native('block_actions'),
      command: native('slash command'),
      image: native('file_share'),
      file: native('file_share'),
      voice: adapted('file_share of an audio clip'),
      audio: native('file_share'),
      video: native('file_share'),
      location: none('Slack has none'),
      contact: none('Slack has none'),
      form: native('view_submission'),
      rating: adapted('block_actions'),
      reaction: native('reaction_added'),
    },
    operations: {
      typing: within(adapted('assistant status'), 'assistant threads'),
      stream: within(native('startStream, appendStream, stopStream'), 'threads'),
      edit: native('chat.update'),
      delete: native('chat.delete'),
    },
    limits: {
      text: utf16(3_000),
      caption: utf16(2_000),
      choices: items(25),
      choiceLabel: utf16(75),
      choiceData: bytes(2_000),
      cards: items(10),
      cardTitle: utf16(150),
      cardText: utf16(200),
      image: bytes(1_000 * MB),
      file: bytes(1_000 * MB),
      message: items(50),
      pace: { count: 4, seconds: 5 },
    },
  },
  telegram: {
    out: {
      text: native('HTML'),
      quick_replies: native('inline keyboard'),
      card: adapted('picture with a caption and an inline keyboard'),
      carousel: adapted('first card with ◀ ▶ that change it'),
      image: native('sendPhoto; beyond 10 MB a document'),
      file: native('sendDocument'),
      form: text('one question a message, answered by a reply'),
      confirm: native('inline keyboard, the dangerous one marked'),
      link: native('button with an address'),
      handoff_notice: text('text; agents write under their name in bold'),
      system: adapted('text in italics'),
      csat: adapted('five inline buttons'),
    },
    in: {
      text: native('message'),
      action: native('callback_query'),
      command: native('bot_command'),
      image: native('photo; the parts of an album come one by one'),
      file: native('document'),
      voice: native('voice'),
      audio: native('audio'),
      video: native('video, video_note'),
      location: native('location, venue'),
      contact: native('contact'),
      form: adapted('answers to one question after the other'),
      rating: adapted('callback_query'),
      reaction: within(native('message_reaction'), 'where allowed_updates names it'),
    },
    operations: {
      typing: within(native('sendChatAction'), '5 s each'),
      stream: within(native('sendMessageDraft'), 'private chats; elsewhere edits, at most 15 a minute'),
      edit: native('editMessageText'),
      delete: within(native('deleteMessage'), '48 hours'),
    },
    limits: {
      text: utf16(4_096),
      caption: utf16(1_024),
      choices: items(24),
      choiceLabel: utf16(64),
      choiceData: bytes(64),
      cards: items(10),
      cardTitle: utf16(200),
      cardText: utf16(800),
      image: bytes(10 * MB),
      file: bytes(50 * MB),
      message: utf16(4_096),
      pace: { count: 4, seconds: 5 },
    },
  },
  teams: {
    out: {
      text: native('Markdown'),
      quick_replies: native('suggested actions in a chat of two; else an Adaptive Card'),
      card: native('Adaptive Card 1.5'),
      carousel: native('attachments side by side'),
      image: native('attachment up to 1 MB; beyond a picture in an Adaptive Card'),
      file: native('file consent card in a chat of two; else a link'),
      form: native('Adaptive Card with inputs'),
      confirm: adapted('Adaptive Card; it has no style for danger'),
      link: native('open-address action'),
      handoff_notice: text('text; agents write under their name in bold'),
      system: text('text'),
      csat: adapted('Adaptive Card with five actions'),
    },
    in: {
      text: native('message'),
      action: native('adaptiveCard/action, or the text of a suggested action'),
      command: adapted('text that begins with /'),
      image: native('attachment'),
      file: native('file download info'),
      voice: adapted('attachment'),
      audio: adapted('attachment'),
      video: adapted('attachment'),
      location: none('bots get none'),
      contact: none('bots get none'),
      form: native('Action.Execute'),
      rating: adapted('adaptiveCard/action'),
      reaction: native('messageReaction'),
    },
    operations: {
      typing: within(native('typing activity'), 'a few seconds each; counts as a message'),
      stream: within(native('streaminfo'), 'chats of two, 2 minutes'),
      edit: native('updateActivity'),
      delete: native('deleteActivity'),
    },
    limits: {
      text: utf16(12_000),
      caption: utf16(1_000),
      choices: items(6),
      choiceLabel: utf16(80),
      choiceData: bytes(2_000),
      cards: items(10),
      cardTitle: utf16(200),
      cardText: utf16(1_000),
      image: bytes(MB),
      file: bytes(100 * MB),
      message: bytes(28_000),
      pace: { count: 5, seconds: 3.2 },
    },
  },
} as const satisfies Record<ChannelName, Capabilities>;

/** The longest text that every channel takes, in UTF-16 units. */
export const SHORTEST_TEXT = Math.min(...Object.values(CAPABILITIES).map(({ limits }) => limits.text.most));

/**
 * Whether it may be sent a second time when nobody knows whether the first one arrived. Words read twice are a nuisance; a
 * file, or a ticket’s number, received twice is a question at the desk: a person decides.
 */
const REPEATABLE = {
  text: true,
  quick_replies: true,
  card: true,
  carousel: true,
  image: false,
  file: false,
  form: true,
  confirm: true,
  link: true,
  handoff_notice: true,
  system: true,
  csat: true,
} as const satisfies Record<OutboundKind, boolean>;

export const mayBeRepeated = (content: OutboundContent): boolean =>
  REPEATABLE[content.kind] && !(content.kind === 'system' && content.topic === 'ticket');
