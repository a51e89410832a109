import type { Attachment } from '#core/conversation/content.schema.ts';
import { fileKind, fileSize } from '../format.ts';
import { ServerRefusal } from '../server.ts';
import type { Words } from '../words.ts';
import type { Files } from './context.ts';
import { fill, h, hidden } from './dom.ts';
import { icon, type IconName } from './icons.ts';

/** Pictures that cannot carry a script. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

export function createFiles(tools: { download: (id: string) => Promise<Blob>; words: () => Words }): Files {
  const addresses = new Map<string, Promise<string>>();

  /** A blob's address takes no header and shows no token; each file is fetched once. */
  const addressOf = (attachment: Attachment): Promise<string> => {
    const known = addresses.get(attachment.id);
    if (known) return known;
    const fetching = tools
      .download(attachment.id)
      .then((blob) => URL.createObjectURL(new Blob([blob], { type: attachment.type })));
    addresses.set(attachment.id, fetching);
    fetching.catch(() => addresses.delete(attachment.id));
    return fetching;
  };

  const save = async (attachment: Attachment, failed: HTMLElement): Promise<void> => {
    fill(failed);
    try {
      h('a', { href: await addressOf(attachment), download: attachment.name }).click();
    } catch (fault) {
      if (!(fault instanceof ServerRefusal)) throw fault;
      fill(failed, tools.words().downloadFailed);
    }
  };

  const tile = (attachment: Attachment): HTMLElement => {
    const failed = h('p', { class: 'fault', role: 'alert' });
    const button = h(
      'button',
      {
        type: 'button',
        class: 'file',
        onclick: () => void save(attachment, failed),
      },
      ...faceOf(attachment),
      icon('download'),
      hidden(tools.words().download),
    );
    return h('div', {}, button, failed);
  };

  const show = async (attachment: Attachment, frame: HTMLElement): Promise<void> => {
    try {
      const address = await addressOf(attachment);
      const image = h('img', { src: address, alt: attachment.name });
      frame.removeAttribute('aria-busy');
      fill(frame, h('a', { href: address, target: '_blank', rel: 'noopener', download: attachment.name }, image));
    } catch {
      // The tile can be pressed: that tries again, and says what fails.
      frame.replaceWith(tile(attachment));
    }
  };

  return {
    tile,
    waitingTile: (attachment) => h('span', { class: 'file' }, ...faceOf(attachment)),
    picture(attachment) {
      if (!PICTURES.has(attachment.type)) return tile(attachment);
      const frame = h('span', { class: 'picture', 'aria-busy': 'true' });
      void show(attachment, frame);
      return frame;
    },
  };
}

const about = ({ name, type, bytes }: Attachment): string =>
  [fileKind(name, type), fileSize(bytes)].filter(Boolean).join(' · ');

function faceOf(attachment: Attachment): Node[] {
  return [icon(iconOf(attachment)), h('span', { class: 'grow' }, attachment.name, h('small', {}, about(attachment)))];
}

function iconOf({ name, type }: Attachment): IconName {
  if (type === 'application/pdf' || /\.pdf$/i.test(name)) return 'file-earmark-pdf';
  return type.startsWith('image/') ? 'file-earmark-image' : 'file-earmark';
}
