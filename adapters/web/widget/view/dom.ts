/** Declared as a method, so that a listener may ask for the very event that its name promises. */
type Listener = { hear(event: Event): void }['hear'];

/** `false` and `undefined` leave an attribute out, `true` writes it empty; functions are listeners for `on<event>`. */
export type Attributes = Record<string, string | number | boolean | undefined | Listener>;
export type Child = Node | string | null | undefined | false;

/** Addresses that what is said may lead to. */
const FOLLOWED = /^(https?:|mailto:)$/;
/** Addresses that an element of ours may have: `blob:` are files that we fetched ourselves. */
const ADDRESSES = /^(https?:|mailto:|blob:)/i;

/** An element, its attributes and its children. Texts become text nodes, so nothing that is said can become markup. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) setAttribute(element, name, value === true ? '' : String(value));
  }
  element.append(...present(children));
  return element;
}

/** Replaces everything inside an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...present(children));
}

/** Sets or removes an attribute, and leaves it alone when it says that already. */
export function attribute(element: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else {
    const text = value === true ? '' : value;
    if (element.getAttribute(name) !== text) setAttribute(element, name, text);
  }
}

/** A drawing without words. */
export function svg(
  className: string,
  viewBox: string,
  paths: readonly { d: string; fill?: string; stroke?: string }[],
): SVGSVGElement {
  const SPACE = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(SPACE, 'svg');
  drawing.setAttribute('class', className);
  drawing.setAttribute('viewBox', viewBox);
  drawing.setAttribute('aria-hidden', 'true');
  for (const { d, fill: colour, stroke } of paths) {
    const path = document.createElementNS(SPACE, 'path');
    path.setAttribute('d', d);
    if (colour) path.setAttribute('fill', colour);
    if (stroke) {
      path.setAttribute('stroke', stroke);
      path.setAttribute('fill', 'none');
    }
    drawing.append(path);
  }
  return drawing;
}

/** Words for screen readers alone. */
export const hidden = (text: string): HTMLElement => h('span', { class: 'sr' }, text);

/** An address that may be followed, as the browser reads it; null for `javascript:` and its like. */
export function safeAddress(address: string): string | null {
  try {
    const url = new URL(address);
    return FOLLOWED.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link to elsewhere, in a window of its own that learns nothing of this one; the bare text where the address is not allowed. */
export function link(address: string, attributes: Attributes, ...children: readonly Child[]): HTMLElement {
  const href = safeAddress(address);
  if (!href) return h('span', {}, ...children);
  return h('a', { ...attributes, href, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...children);
}

function setAttribute(element: Element, name: string, value: string): void {
  if (name.startsWith('on') || name === 'srcdoc' || name === 'style') throw new Error(`No ${name} from data.`);
  if ((name === 'href' || name === 'src') && !ADDRESSES.test(value)) throw new Error(`No such address: ${name}.`);
  element.setAttribute(name, value);
}

const present = (children: readonly Child[]): (Node | string)[] =>
  children.filter((child) => child !== null && child !== undefined && child !== false && child !== '') as (
    | Node
    | string
  )[];
