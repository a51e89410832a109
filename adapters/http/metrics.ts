import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry, type GaugeConfiguration } from 'prom-client';

/** What is counted and measured, as Prometheus reads it. No label holds anything that a person wrote or is called. */
export type Metrics = {
  contentType: string;
  /** The whole page, in Prometheus' text format. */
  text(): Promise<string>;
  /** A request that was answered: `route` as the document writes it, never an address. */
  request(line: { method: string; route: string; status: number; ms: number }): void;
  /** A turn of a conversation: how it ended and how long it took. */
  turn(line: { result: 'written' | 'moved' | 'failed'; ms: number }): void;
  /** Which rung of the ladder understood a message, and how long that took. */
  understood(line: { rung: string; ms: number }): void;
  /** Faults of ours, by the part they happened in. */
  fault(part: string): void;
  close(): void;
};

/** Counts that are taken when somebody reads the page; each by its label. */
export type Gauges = {
  /** Open sockets by kind: `chat`, `agent`. */
  sockets?: () => Readonly<Record<string, number>>;
  /** Messages on their way out, by state. */
  outbound?: () => Promise<Readonly<Record<string, number>>>;
};

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const NS = 1e9;

/** Metrics in a registry of their own. `close` stops the measuring of the event loop. */
export function createMetrics(gauges: Gauges = {}): Metrics {
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
    help: 'Turns of conversations, by how they ended.',
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
  const faults = new Counter({
    name: 'frontdesk_faults_total',
    help: 'Faults of our own, by part.',
    labelNames: ['part'],
    registers,
  });

  /** A number that is taken whenever the page is read. */
  const gauge = (settings: Omit<GaugeConfiguration<string>, 'registers'>): Gauge =>
    new Gauge({ ...settings, registers });

  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  gauge({
    name: 'frontdesk_event_loop_delay_seconds',
    help: 'How late the event loop was since the last reading.',
    labelNames: ['quantile'],
    collect() {
      for (const quantile of [50, 99]) this.set({ quantile: quantile / 100 }, loop.percentile(quantile) / NS);
      this.set({ quantile: 1 }, loop.max / NS);
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
  const counted = (name: string, help: string, label: string, count: () => unknown): void => {
    gauge({
      name,
      help,
      labelNames: [label],
      async collect() {
        this.reset();
        const found = (await count()) as Readonly<Record<string, number>>;
        for (const [value, number] of Object.entries(found)) this.set({ [label]: value }, number);
      },
    });
  };
  if (gauges.sockets) counted('frontdesk_sockets', 'Open WebSockets.', 'kind', gauges.sockets);
  if (gauges.outbound) counted('frontdesk_outbound', 'Messages on their way out.', 'state', gauges.outbound);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request: ({ method, route, status, ms }) => requests.observe({ method, route, status }, ms / 1_000),
    turn: ({ result, ms }) => turns.observe({ result }, ms / 1_000),
    understood: ({ rung, ms }) => understood.observe({ rung }, ms / 1_000),
    fault: (part) => faults.inc({ part }),
    close: () => void loop.disable(),
  };
}
