import { z } from 'zod';
import { OllamaFault } from './ollama-fault.ts';

/** Far more than any answer of ours: a shortlist's longest is below 1 KB, each token a line of some 150 bytes. */
const MOST_BYTES = 512 * 1024;
const MOST_ERROR_BYTES = 4 * 1024;

const ErrorBody = z.object({ error: z.string() });

/**
 * `fetch` for the npm package `ollama`, which by itself cannot be aborted before the first byte, reads a line of any
 * length, and prints what it cannot parse to the console, customers' words included. Here `signal` holds from the
 * start, what is no JSON or too long becomes an `OllamaFault`, and nothing is printed.
 */
export function strictFetch(signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    const signals = init?.signal ? [signal, init.signal] : [signal];
    let response: Response;
    try {
      response = await fetch(input, { ...init, redirect: 'error', signal: AbortSignal.any(signals) });
    } catch (cause) {
      signal.throwIfAborted();
      throw new OllamaFault('unreachable', 'Nobody answers there. Is Ollama running?', { cause });
    }
    if (!response.ok) throw await faultOf(response);
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (!/^application\/(x-ndjson|json)$/.test(type) || !response.body) {
      await response.body?.cancel();
      throw new OllamaFault(
        'invalid',
        `It answers with ${type || 'nothing'} instead of JSON. Is that Ollama's address?`,
      );
    }
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(onlyObjects()), { status, headers });
  };
}

async function faultOf(response: Response): Promise<OllamaFault> {
  const detail = await readDetail(response);
  if (response.status === 404 && detail.includes('not found'))
    return new OllamaFault('missing-model', 'The model is not there.');
  return new OllamaFault('refused', `It refused with ${response.status}${detail && `: ${detail}`}`);
}

/** The words of Ollama's own errors; another body tells nothing. */
async function readDetail(response: Response): Promise<string> {
  try {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MOST_ERROR_BYTES) return '';
    }
    return ErrorBody.parse(JSON.parse(text)).error.slice(0, 300);
  } catch {
    return '';
  }
}

/** Passes on lines that hold a JSON object each, and fails at the first other one. Empty lines are left out. */
function onlyObjects(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let bytes = 0;
  const pass = (line: string, out: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>): void => {
    if (line.trim() === '') return;
    if (!isObject(line)) throw new OllamaFault('invalid', 'Its answer is no JSON.');
    out.enqueue(encoder.encode(`${line}\n`));
  };
  return new TransformStream({
    transform(chunk, out) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) throw new OllamaFault('invalid', `Its answer has more than ${MOST_BYTES / 1024} KiB.`);
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) pass(line, out);
    },
    flush(out) {
      pass(rest + decoder.decode(), out);
    },
  });
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
