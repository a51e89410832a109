import { TextDecoder, TextEncoder } from 'node:util';

// What jsdom lacks and browsers have. Imported before anything that asks for it while it is loaded (react-router).
Object.assign(globalThis, { TextDecoder, TextEncoder });
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
window.matchMedia ??= (media) =>
  Object.assign(new EventTarget(), { matches: false, media, onchange: null, addListener() {}, removeListener() {} });
