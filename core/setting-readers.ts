import { z } from 'zod';

/** At most `count` in `seconds`. */
export type Limit = { count: number; seconds: number };

/** When people answer, in minutes of the local day; Sunday is day 0. `always` has no gaps. */
export type ServiceHours =
  | { kind: 'always' }
  | { kind: 'weekly'; spans: readonly { day: number; from: number; to: number }[] };

/** How to reach a PostgreSQL; `host` may be the folder of its socket. */
export type DatabaseAddress = {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** `require` takes any certificate, `verify-full` proves it. */
  ssl: 'disable' | 'require' | 'verify-full';
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Turns words into a value, or throws the sentence that says how to mend them. */
export type Reader<T> = (words: string) => T;

/** A schema whose one message says what is wanted. */
const by =
  <T>(schema: z.ZodType<T>, wanted: string): Reader<T> =>
  (words) => {
    const parsed = schema.safeParse(words);
    if (parsed.success) return parsed.data;
    throw new Error(wanted);
  };

/** Any words. */
export const words: Reader<string> = (text) => text;

/** A TCP port; 0 lets the system choose. */
export const port = by(z.coerce.number().int().min(0).max(65_535), 'a port from 1 to 65535, or 0 for a free one');

/** A switch. */
export const onOff = by(
  z.stringbool({ truthy: ['on', 'true', '1', 'yes'], falsy: ['off', 'false', '0', 'no'] }),
  'on or off',
);

/** A number of things, from 0 to `most`. */
export const count = (most: number): Reader<number> =>
  by(z.coerce.number().int().min(0).max(most), `a whole number from 0 to ${most}`);

/** A probability. */
export const share = by(z.coerce.number().min(0).max(1), 'a number from 0 to 1');

/** One of a closed list of names. */
export const oneOf = <const T extends readonly [string, ...string[]]>(...names: T): Reader<T[number]> =>
  by(z.enum(names), `one of ${names.join(', ')}`);

/** An address of one of the protocols, kept as it was written. */
export const url = (...protocols: string[]): Reader<string> =>
  by(
    z.url({ protocol: new RegExp(`^(${protocols.join('|')})$`) }),
    `an address that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  );

/** `postgres://user:password@host:port/name`, with `?host=/folder` for a socket and `?sslmode=` as libpq has them. */
export const databaseAddress: Reader<DatabaseAddress> = (text) => {
  const address = new URL(url('postgres', 'postgresql')(text));
  const ssl = z.enum(['disable', 'require', 'verify-full']).safeParse(address.searchParams.get('sslmode') ?? 'disable');
  const database = decodeURIComponent(address.pathname.slice(1));
  if (!ssl.success || database === '')
    throw new Error(
      'an address such as postgres://user:password@host:5432/frontdesk, with ?sslmode=require or verify-full where wanted',
    );
  return {
    host: address.searchParams.get('host') ?? (address.hostname || 'localhost'),
    port: Number(address.port || 5432),
    user: decodeURIComponent(address.username) || 'postgres',
    password: decodeURIComponent(address.password),
    database,
    ssl: ssl.data,
  };
};

/** Several of one kind, separated by commas; none when empty. */
export const list =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map(read);

/** A site as browsers name it, or `*` for every site. */
export const origin: Reader<string> = (text) => {
  if (text === '*') return text;
  const wanted = 'origins such as https://shop.example (no path), or * for every site';
  if (!URL.canParse(text)) throw new Error(wanted);
  const { origin, protocol } = new URL(text);
  if (!/^https?:$/.test(protocol) || origin !== text.replace(/\/$/, '')) throw new Error(wanted);
  return origin;
};

/** A secret that cannot be guessed. */
export const secret = by(z.string().min(32), 'at least 32 characters drawn by chance (openssl rand -base64 32)');

/** The name of a time zone, as the system spells it. */
export const timeZone: Reader<string> = (text) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new Error('the name of a time zone such as Asia/Taipei');
  }
};

/** A count in a time: `20/10s`, `100/h`. */
export const limit: Reader<Limit> = (text) => {
  const match = /^([1-9]\d{0,8})\/([1-9]\d{0,4})?([smhd])$/.exec(text);
  if (!match) throw new Error('a count and a time such as 20/10s, 5/1m or 100/1h');
  return { count: Number(match[1]), seconds: Number(match[2] ?? 1) * UNITS[match[3] as keyof typeof UNITS] };
};

/** `always`, or days with hours separated by semicolons. */
export const serviceHours: Reader<ServiceHours> = (text) => {
  if (text === 'always') return { kind: 'always' };
  return { kind: 'weekly', spans: text.split(';').flatMap(readSpan) };
};

function readSpan(text: string): { day: number; from: number; to: number }[] {
  const [, first, last, from, to] =
    /^\s*([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d\d:\d\d)-(\d\d:\d\d)\s*$/.exec(text) ?? [];
  const [begin, end, opens, closes] = [dayOf(first), dayOf(last ?? first), minuteOf(from), minuteOf(to)];
  if (begin < 0 || end < 0 || !(opens < closes))
    throw new Error('"always", or days and hours such as Mon-Fri 09:00-18:00; Sat 10:00-14:00');
  const days = ((end - begin + DAYS.length) % DAYS.length) + 1;
  return Array.from({ length: days }, (_, step) => ({ day: (begin + step) % DAYS.length, from: opens, to: closes }));
}

const dayOf = (name: string | undefined): number => DAYS.findIndex((day) => day === name);

function minuteOf(time: string | undefined): number {
  const [hour, minute] = (time ?? '').split(':').map(Number);
  if (hour === undefined || minute === undefined || minute > 59 || hour * 60 + minute > 24 * 60) return Number.NaN;
  return hour * 60 + minute;
}
