import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, Histogram, Registry, type GaugeConfiguration } from 'prom-client';
import type { Dialogue, TurnOutcome } from '#core/dialogue/turn.ts';

/** What is counted and measured, as Prometheus reads it. No label holds anything that a person wrote or is called. */
export type Metrics = {
  contentType: string;
  /** The whole page, in Prometheus' text format. */
  text(): Promise<string>;
  /** A request that was answered: `route` as the document writes it, never an address. */
  request(line: { method: string; route: string; status: number; ms: number }): void;
  /** A turn that was decided, and how long that took. `fault`: a flow of it broke; `failed`: it came to nothing. */
  turn(line: { result: 'done' | 'fault' | 'failed'; ms: number }): void;
  /** Which rung of the ladder understood a message, and how long that took. */
  understood(line: { rung: string; ms: number }): void;
  /** Numbers by their label that are taken when somebody reads the page. */
  watch(
    about: { name: string; help: string; label: string },
    count: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
  ): void;
  close(): void;
};

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const NS = 1e9;
const RESOLUTION_MS = 10;

/** Metrics in a registry of their own. `close` stops the measuring of the event loop. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'frontdesk_http_request_seconds',
    help: 'Requests answered, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const turns = new Histogram({
    name: 'frontdesk_turn_seconds',
    help: 'Turns of conversations that were decided, by how that ended.',
    labelNames: ['result'],
    buckets: SECONDS,
    registers,
  });
  const understood = new Histogram({
    name: 'frontdesk_understanding_seconds',
    help: 'Messages understood, by the rung that did it.',
    labelNames: ['rung'],
    buckets: SECONDS,
    registers,
  });

  /** A number that is taken whenever the page is read. */
  const gauge = (settings: Omit<GaugeConfiguration<string>, 'registers'>): Gauge =>
    new Gauge({ ...settings, registers });

  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loop.enable();
  gauge({
    name: 'frontdesk_event_loop_delay_seconds',
    help: 'How late the event loop was since the last reading.',
    labelNames: ['quantile'],
    collect() {
      for (const quantile of [50, 99, 100])
        // What is measured is when a timer came that was set to the resolution: later than that is late.
        this.set({ quantile: quantile / 100 }, Math.max(0, loop.percentile(quantile) / NS - RESOLUTION_MS / 1_000));
      loop.reset();
    },
  });
  gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request: ({ method, route, status, ms }) => requests.observe({ method, route, status }, ms / 1_000),
    turn: ({ result, ms }) => turns.observe({ result }, ms / 1_000),
    understood: ({ rung, ms }) => understood.observe({ rung }, ms / 1_000),
    watch({ name, help, label }, count) {
      gauge({
        name,
        help,
        labelNames: [label],
        async collect() {
          this.reset();
          for (const [value, number] of Object.entries(await count())) this.set({ [label]: value }, number);
        },
      });
    },
    close: () => void loop.disable(),
  };
}

/** The dialogue, its turns counted and timed. */
export function countTurns(dialogue: Dialogue, metrics: Pick<Metrics, 'turn' | 'understood'>): Dialogue {
  const count = (began: number, outcome: TurnOutcome | null): void => {
    const result = outcome === null ? 'failed' : outcome.faults.length > 0 ? 'fault' : 'done';
    metrics.turn({ result, ms: performance.now() - began });
    for (const { rung, took } of outcome?.understood.values() ?? []) metrics.understood({ rung, ms: took });
  };
  return {
    runNow(input, lookups) {
      const began = performance.now();
      // One that fails here, or needs something from outside, is tried again by `run`, and counted there.
      const outcome = dialogue.runNow(input, lookups);
      if (outcome) count(began, outcome);
      return outcome;
    },
    async run(input, lookups) {
      const began = performance.now();
      try {
        const outcome = await dialogue.run(input, lookups);
        count(began, outcome);
        return outcome;
      } catch (error) {
        count(began, null);
        throw error;
      }
    },
  };
}
