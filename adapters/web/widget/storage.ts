/** Small texts that outlive the page, under our own prefix. Where a browser forbids it, they live as long as the page. */
export type Store = {
  read(key: string): string | null;
  write(key: string, value: string): void;
  remove(key: string): void;
  /** Our keys that begin with `start`. */
  keys(start: string): string[];
  /** Tells of changes made by other tabs, by key; null: everything was cleared. */
  onChange(listener: (key: string | null) => void): () => void;
};

/** A store in `window.localStorage`. Its prefix names the chat server, so that two servers on one page never mix. */
export function createStore(window: Window, prefix: string): Store {
  const memory = createMemory();
  const place = usable(window) ?? memory;
  return {
    read: (key) => memory.getItem(prefix + key) ?? place.getItem(prefix + key),
    write(key, value) {
      try {
        place.setItem(prefix + key, value);
        if (place !== memory) memory.removeItem(prefix + key);
      } catch {
        // Full: it is kept as long as the page is.
        memory.setItem(prefix + key, value);
      }
    },
    remove(key) {
      memory.removeItem(prefix + key);
      place.removeItem(prefix + key);
    },
    keys: (start) =>
      [...new Set([place, memory].flatMap(allKeys))]
        .filter((key) => key.startsWith(prefix + start))
        .map((key) => key.slice(prefix.length)),
    onChange(listener) {
      const hear = (event: StorageEvent): void => {
        if (event.storageArea && event.storageArea !== place) return;
        if (event.key === null) listener(null);
        else if (event.key.startsWith(prefix)) listener(event.key.slice(prefix.length));
      };
      window.addEventListener('storage', hear);
      return () => window.removeEventListener('storage', hear);
    },
  };
}

/** A stored JSON object, or null when there is none or it is not one (another program may write here too). */
export function readRecord(store: Store, key: string): Record<string, unknown> | null {
  const text = store.read(key);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

type Place = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Merely reading `localStorage` throws where storage is blocked. */
function usable(window: Window): Storage | undefined {
  try {
    window.localStorage.setItem('frontdesk-probe', '1');
    window.localStorage.removeItem('frontdesk-probe');
    return window.localStorage;
  } catch {
    return undefined;
  }
}

function allKeys(place: Place): string[] {
  return Array.from({ length: place.length }, (_, index) => place.key(index)).filter((key) => key !== null);
}

function createMemory(): Place {
  const texts = new Map<string, string>();
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
    key: (index) => [...texts.keys()][index] ?? null,
    get length() {
      return texts.size;
    },
  };
}
