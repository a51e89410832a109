import { fileTypeFromFile } from 'file-type';

// What is taken, by what file-type calls it: the type it is served with, and the endings its name may have.
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const KINDS: Readonly<Record<string, { type: string; endings: readonly [string, ...string[]] }>> = {
  png: { type: 'image/png', endings: ['png'] },
  apng: { type: 'image/png', endings: ['png', 'apng'] },
  jpg: { type: 'image/jpeg', endings: ['jpg', 'jpeg'] },
  gif: { type: 'image/gif', endings: ['gif'] },
  webp: { type: 'image/webp', endings: ['webp'] },
  pdf: { type: 'application/pdf', endings: ['pdf'] },
  docx: { type: WORD, endings: ['docx'] },
  xlsx: { type: SHEET, endings: ['xlsx'] },
  mp3: { type: 'audio/mpeg', endings: ['mp3'] },
  ogg: { type: 'audio/ogg', endings: ['ogg', 'oga'] },
  oga: { type: 'audio/ogg', endings: ['ogg', 'oga'] },
  opus: { type: 'audio/ogg', endings: ['ogg', 'oga', 'opus'] },
  m4a: { type: 'audio/mp4', endings: ['m4a', 'mp4'] },
  mp4: { type: 'video/mp4', endings: ['mp4', 'm4v'] },
};

/** What a file is by its content: the type it is served with, and a name that ends as such files do. */
export type FileKind = { type: string; name: string };

/** What to send instead of a file that is none of these. */
export const TAKEN = 'PNG, JPEG, GIF, WebP, PDF, Word (docx), Excel (xlsx), MP3, Ogg, MP4, or text in UTF-8 (txt, csv)';

/**
 * The kind of a file, `null` when it is none that is taken. The content decides; `text` says whether all of it is plain
 * text, and `name` only tells a table (csv) from other text.
 */
export async function fileKind(file: string, text: boolean, name: string): Promise<FileKind | null> {
  const kind = KINDS[(await fileTypeFromFile(file))?.ext ?? ''];
  if (kind) return { type: kind.type, name: endingIn(kind.endings, name) };
  if (!text) return null;
  const csv = /\.csv$/i.test(name);
  return { type: csv ? 'text/csv' : 'text/plain', name: endingIn(csv ? ['csv'] : ['txt', 'log', 'md'], name) };
}

/** A picture called `bill.exe` becomes `bill.exe.png`: what it is called is how it will be opened. */
function endingIn(endings: readonly [string, ...string[]], name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return endings.includes(ending) ? name : `${name}.${endings[0]}`;
}

const LONGEST_NAME = 120;

/** A name to show and to download by: no folder, no sign that hides or reverses others, 120 characters at most. */
export function safeName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1)!;
  // Controls, bidirectional marks, and what Windows keeps for itself.
  const shown = last.replace(/[\p{C}<>:"|?*]/gu, '').replace(/^[\s.]+|[\s.]+$/g, '');
  const characters = Array.from(shown);
  if (characters.length <= LONGEST_NAME) return shown || 'file';
  const ending = /\.[a-z\d]{1,5}$/i.exec(shown)?.[0] ?? '';
  return characters.slice(0, LONGEST_NAME - ending.length).join('') + ending;
}

/** Reads a file's bytes as they come, and tells at the end whether all of it was plain text, and no markup. */
export type TextProbe = { add(bytes: Uint8Array): void; isText(): boolean };

const CONTROL = /[^\P{Cc}\t\n\f\r]/u;
// What a browser might take for a page or a drawing (WHATWG MIME sniffing), wherever it stands near the beginning.
const MARKUP =
  /^\s*<(?:[!?]|[a-z])|<(?:!doctype|html|head|body|script|svg|iframe|object|embed|style|link|meta|img|a|br|table|div|font|title|p|h1)[\s/>]/i;
const SNIFFED = 2_048;

/** A probe for UTF-8 text. */
export function createTextProbe(): TextProbe {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let start = '';
  let text = true;
  const check = (piece: () => string): void => {
    if (!text) return;
    try {
      const decoded = piece();
      if (CONTROL.test(decoded)) text = false;
      if (start.length < SNIFFED) start += decoded.slice(0, SNIFFED);
    } catch {
      text = false;
    }
  };
  return {
    add: (bytes) => check(() => decoder.decode(bytes, { stream: true })),
    isText() {
      check(() => decoder.decode());
      return text && !MARKUP.test(start);
    },
  };
}
