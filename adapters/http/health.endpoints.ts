import { z } from 'zod';
import { unavailable } from '#core/errors.ts';
import { get, type Endpoint } from './endpoint.ts';
import type { Metrics } from './metrics.ts';

/** What a message needs to be answered: each by its name, true when it is there. A check that throws is one that failed. */
export type Checks = Readonly<Record<string, () => boolean | Promise<boolean>>>;

const Alive = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });
/** A check that takes longer has failed: whoever asks wants to know now. */
const CHECK_MS = 2_000;

/** Names what is missing. Checks run beside each other. */
export async function missing(checks: Checks): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ((await passes(check)) ? [] : [name])),
  );
  return found.flat();
}

async function passes(check: () => boolean | Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** How the process is: for whoever keeps it running. */
export function healthEndpoints({
  ready,
  metrics,
}: {
  ready: Checks;
  metrics: Pick<Metrics, 'text' | 'contentType'>;
}): Endpoint[] {
  return [
    get('/healthz', { summary: 'The process is alive.', allow: 'anyone', returns: Alive }, () => ({ status: 'ok' })),
    get(
      '/readyz',
      {
        summary: 'A message would be answered now. 503 names what is missing.',
        allow: 'anyone',
        returns: Alive,
        problems: ['unavailable'],
      },
      async () => {
        const wanting = await missing(ready);
        if (wanting.length > 0) throw unavailable(`Not ready: ${wanting.join(', ')}.`);
        return { status: 'ok' };
      },
    ),
    get(
      '/metrics',
      {
        summary: 'Counts and times, in Prometheus’ text format. They hold no personal data.',
        allow: 'anyone',
        returns: z.string(),
        produces: 'text/plain',
      },
      async ({ setHeader }) => {
        setHeader('Content-Type', metrics.contentType);
        return metrics.text();
      },
    ),
  ];
}
