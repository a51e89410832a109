import { lookup as dnsLookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { invalid, Problem, unavailable } from '#core/errors.ts';
import { isPublicAddress } from './public-address.ts';

/** One request to an address that somebody else wrote down: a webhook, a flow's HTTP call, an import, an avatar. */
export type GuardedRequest = {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** For all of it, redirects included; 15 000 by default. */
  timeoutMs?: number;
  /** Of the answer's body; 64 KiB by default. */
  maxBytes?: number;
  /** How many redirects to follow, 0 by default; the one after the last is the answer. */
  redirects?: number;
  signal?: AbortSignal;
};

/** The answer, its body whole; `url` is where it came from, after redirects. Header names are lower case. */
export type GuardedAnswer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer; url: string };

/**
 * Fetches what lies on the public internet and nothing else. Throws a `Problem`: `invalid` for an address it will not go
 * to, `unavailable` when nobody answers in time, `too-large`, `unsupported` for an answer that is compressed unasked.
 */
export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<GuardedAnswer>;

const CONNECT_MS = 5_000;
const TOTAL_MS = 15_000;
const MAX_BYTES = 65_536;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
// Ours to say: they frame the message or choose where it ends up.
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);
// What may follow a redirect to another origin; everything else may be a secret meant for the first one.
const SAFE_ELSEWHERE = new Set(['accept', 'accept-language', 'content-type', 'user-agent']);

/**
 * `allow` lists `host:port` pairs that may be private, may speak http and any port: tests and the lab pass it, nothing
 * else may. `lookup` gives all addresses of a name, each name once a request; `connectMs` bounds it, TCP and TLS together.
 */
export function createGuardedFetch(
  tools: { allow?: readonly string[]; lookup?: (hostname: string) => Promise<string[]>; connectMs?: number } = {},
): GuardedFetch {
  const { allow = [], lookup = addressesOf, connectMs = CONNECT_MS } = tools;
  const allowed = new Set(allow);

  const once = async (url: URL, request: GuardedRequest, signal: AbortSignal): Promise<GuardedAnswer> => {
    const connecting = new AbortController();
    const timer = setTimeout(() => connecting.abort(new Late(url, connectMs)), connectMs);
    const either = AbortSignal.any([signal, connecting.signal]);
    try {
      const addresses = await unlessAborted(checkedAddresses(url, allowed, lookup), either);
      return await exchange(url, addresses, request, either, () => clearTimeout(timer));
    } finally {
      clearTimeout(timer);
    }
  };

  return async (text, request = {}) => {
    const { timeoutMs = TOTAL_MS, redirects = 0 } = request;
    const total = new AbortController();
    let url = checkedUrl(text, undefined, allowed);
    const timer = setTimeout(() => total.abort(new Late(url, timeoutMs)), timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, total.signal]) : total.signal;
    try {
      let current = request;
      for (let followed = 0; ; followed++) {
        const answer = await once(url, current, signal);
        const { location } = answer.headers;
        if (!REDIRECTS.has(answer.status) || location === undefined || followed >= redirects) return answer;
        const next = checkedUrl(location, url, allowed);
        current = redirected(current, answer.status, next.origin === url.origin);
        url = next;
      }
    } catch (error) {
      // The caller's own signal is the caller's to understand.
      if (request.signal?.aborted) throw request.signal.reason;
      throw asProblem(error, url);
    } finally {
      clearTimeout(timer);
    }
  };
}

class Late extends Error {
  constructor(url: URL, ms: number) {
    super(`${url.host} did not answer within ${ms / 1000} s.`);
  }
}

/** The address if it may be asked at all, before anything is looked up. */
function checkedUrl(text: string, base: URL | undefined, allowed: ReadonlySet<string>): URL {
  const url = URL.parse(text, base?.href);
  if (!url) throw invalid('This is no web address. Write it as https://host/path.');
  if (url.username !== '' || url.password !== '')
    throw invalid('The address holds a user name or a password. Send them in a header instead.');
  if (allowed.has(hostAndPort(url)) && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  if (url.protocol !== 'https:') throw invalid('Only https:// addresses are fetched.');
  if (url.port !== '') throw invalid('Only port 443 is fetched: leave the port out of the address.');
  // The parser has turned 2130706433, 0x7f.1 and 0177.0.0.1 into 127.0.0.1: whoever writes so has something to hide.
  if (isIP(url.hostname) === 4 && !text.includes(url.hostname) && url.hostname !== base?.hostname)
    throw invalid('The address hides an IP address in another notation. Write it as four decimal numbers.');
  return url;
}

/** The IP addresses to connect to, looked up once: what is checked here is what is connected to. */
async function checkedAddresses(
  url: URL,
  allowed: ReadonlySet<string>,
  lookup: (hostname: string) => Promise<string[]>,
): Promise<string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [host] : await lookup(host);
  if (addresses.length === 0) throw unavailable(`${host} has no address.`);
  // One private address among public ones is enough: nobody public has such a name.
  if (!allowed.has(hostAndPort(url)) && !addresses.every(isPublicAddress))
    throw invalid(`${host} is not on the public internet, so it is not fetched.`);
  return addresses;
}

function exchange(
  url: URL,
  addresses: readonly string[],
  request: GuardedRequest,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<GuardedAnswer> {
  const { method = 'GET', headers = {}, body, maxBytes = MAX_BYTES } = request;
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const options: https.RequestOptions = {
      method,
      headers: {
        ...withoutOurs(headers),
        'accept-encoding': 'identity',
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      // A connection of its own: a shared one might have been opened for another name.
      agent: false,
      lookup: answering(addresses),
      signal,
    };
    const asked = (secure ? https : http).request(url, options);
    const refuse = (problem: Problem): void => {
      reject(problem);
      asked.destroy();
    };
    asked.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', onConnected));
    asked.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    asked.on('response', (answer) => {
      const encoding = answer.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity')
        return refuse(new Problem('unsupported', `${url.host} answered in ${encoding}, unasked.`));
      const tooLarge = new Problem('too-large', `${url.host} answered with more than ${maxBytes} bytes.`);
      if (Number(answer.headers['content-length']) > maxBytes && method !== 'HEAD') return refuse(tooLarge);
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) refuse(tooLarge);
        else chunks.push(chunk);
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks), url: url.href }),
      );
      answer.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    });
    asked.end(body);
  });
}

/** Node's lookup, answered with the addresses that were checked, whatever the name server says by now. */
function answering(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_, options, callback) => {
    if (options.all) callback(null, all);
    else callback(null, all[0]!.address, all[0]!.family);
  };
}

function redirected(request: GuardedRequest, status: number, sameOrigin: boolean): GuardedRequest {
  const { body, ...rest } = request;
  const headers = Object.entries(request.headers ?? {}).filter(
    ([name]) => sameOrigin || SAFE_ELSEWHERE.has(name.toLowerCase()),
  );
  const method = request.method ?? 'GET';
  // As browsers do: 303 always becomes a GET, 301 and 302 when they answered a POST.
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  return {
    ...rest,
    headers: Object.fromEntries(headers),
    method: becomesGet ? 'GET' : method,
    ...(body !== undefined && !becomesGet ? { body } : {}),
  };
}

function withoutOurs(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.has(name.toLowerCase())));
}

function asProblem(error: unknown, url: URL): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof Late) return unavailable(error.message);
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN')
    return invalid('A header or the method holds characters that HTTP does not allow.');
  // Node's own errors of the network, name server, TLS and parser all carry a code; anything else is a fault of ours.
  return code === undefined ? error : unavailable(`${url.host} cannot be reached (${code}).`);
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** `host:port`, the port always said. */
function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`;
}

async function addressesOf(hostname: string): Promise<string[]> {
  return (await dnsLookup(hostname, { all: true })).map(({ address }) => address);
}
