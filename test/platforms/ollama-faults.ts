import type { ServerResponse } from 'node:http';

/**
 * How a server or its model can go wrong: the garbage catalogue, and what does not end by itself. `hang` sends nothing,
 * `drip` one token, `blanks` the right answer and then blanks for ever; `slow` is right in the end.
 */
export type OllamaFaultMode = keyof typeof FAULTS | 'hang' | 'drip' | 'blanks' | 'slow';

/** What a fault needs to know of the question it spoils. */
export type Spoiled = {
  response: ServerResponse;
  /** One line of the stream. */
  line: (content: string, end?: 'stop' | 'length') => string;
  /** The right answer to this question, as JSON. */
  right: string;
  /** The right answer to the question before, or undefined: this is the first. */
  previous: string | undefined;
  /** The key and the names that the schema asks for. */
  key: string;
  names: readonly string[];
};

const stream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });

/** Writes the same until the client has enough. */
export function writeForEver(response: ServerResponse, words: string): void {
  while (!response.destroyed) {
    if (!response.write(words)) return void response.once('drain', () => writeForEver(response, words));
  }
}

/** Answers with one text as if the model had written it. */
const writes =
  (text: (spoiled: Spoiled) => string, end: 'stop' | 'length' = 'stop') =>
  (spoiled: Spoiled): void => {
    stream(spoiled.response).end(spoiled.line(text(spoiled)) + spoiled.line('', end));
  };

/** Each fault that ends by itself, by its name in the catalogue. */
export const FAULTS = {
  'empty 200': ({ response }) => void response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(),
  html: ({ response }) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome to nginx!</body></html>'),
  'truncated JSON': writes(({ right }) => right.slice(0, -4), 'length'),
  'truncated stream': ({ response, line }) => void stream(response).end(line('{"').slice(0, -20)),
  'wrong intent': writes(({ key }) => JSON.stringify({ [key]: 'grant_admin_rights' })),
  '10 MB body': ({ response }) => {
    stream(response);
    const block = 'x'.repeat(1024 * 1024);
    let sent = 0;
    const more = (): void => {
      while (sent < 10 && !response.destroyed) {
        sent++;
        if (!response.write(block)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  },
  '10 MB answer': ({ response, line }) => {
    stream(response);
    for (let at = 0; at < 160; at++) response.write(line('x'.repeat(64 * 1024)));
    response.end(line('', 'stop'));
  },
  'NaN confidence': writes(({ key, names }) => `{"${key}": "${names[0]}", "confidence": NaN}`),
  'duplicate keys': writes(({ key, names }) => `{"${key}": "${names[0]}", "${key}": "${names.at(-1)}"}`),
  'endless tokens': ({ response, line }) => {
    stream(response);
    writeForEver(response, line('and so on '));
  },
  'control characters': writes(({ key, names }) => `{"${key}": "\u001B[31m${names[0]}\u001B[0m\u0007"}`),
  'other language': writes(({ key }) => JSON.stringify({ [key]: '配送と送料' })),
  'prose instead of JSON': writes(() => 'I think that the customer wants to know about shipping.'),
  'answer to the previous request': writes(({ previous, key }) => previous ?? JSON.stringify({ [`${key}0`]: 'none' })),
  'reset after the headers': ({ response }) => {
    stream(response).flushHeaders();
    setImmediate(() => response.socket?.resetAndDestroy());
  },
  'not an object': ({ response }) => void stream(response).end('3\n"done"\n'),
  'an error in the stream': ({ response }) =>
    void stream(response).end(`${JSON.stringify({ error: 'an error was encountered while running the model' })}\n`),
  '500': ({ response }) =>
    void response
      .writeHead(500, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: 'llama runner process has terminated: exit status 2' })),
  '503': ({ response }) =>
    void response
      .writeHead(503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: 'server busy, please try again.  maximum pending requests exceeded' })),
  'an error page of 10 MB': ({ response }) =>
    void response.writeHead(502, { 'content-type': 'text/html' }).end('x'.repeat(10 * 1024 * 1024)),
} satisfies Record<string, (spoiled: Spoiled) => void>;
