import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { locateBinaries } from './binaries.ts';
import { CLUSTER_USER, prepareCluster, readPassword } from './cluster.ts';
import { explain, whyItEnded } from './faults.ts';
import { chooseIdentity } from './identity.ts';
import { claimOwnership, findOwner } from './owner.ts';
import { placesFor, type Places } from './places.ts';
import { startServer, type ServerLog, type ServerProcess } from './server-process.ts';
import { clearStaleLocks, postmasterPid, tell } from './stale-locks.ts';

/** What a PostgreSQL client needs; `host` is the folder of the server's socket. */
export type PostgresConnection = { host: string; port: number; user: string; password: string; database: string };

/** What `startEmbeddedPostgres` is given. */
export type EmbeddedPostgresOptions = {
  /** The database's folder: made when missing, kept between starts. */
  dataDir: string;
  /** Where the socket stands; by default in `dataDir`. A path too long for a socket is replaced by a short one below the temporary folder. */
  socketDir?: string;
  /** For a new database; by default drawn by chance. Kept in the file `password` of `dataDir`, mode 0600. */
  password?: string;
  /** Names the socket only: nothing listens on TCP unless `settings` say so. */
  port?: number;
  /** Server settings as in postgresql.conf, over our own. */
  settings?: Readonly<Record<string, string | number | boolean>>;
  /** Told what is going on while it takes long, as words for a terminal. */
  onProgress?: (step: string) => void;
  /** Told when the server ended by itself and was started again, with why and for how long it was away. */
  onRestart?: (restart: { reason: string; downMs: number; attempts: number }) => void;
  log: ServerLog;
};

/** A running embedded PostgreSQL. It comes back by itself when it is killed, with the same connection. */
export type EmbeddedPostgres = {
  connection: PostgresConnection;
  /** Ends the server cleanly; what was committed is on disk. */
  stop: () => Promise<void>;
  /** Called when the server is gone for good: its data were removed from under it. */
  onExit: (listener: (fault: Error) => void) => void;
};

const PORT = 5432;
const DATABASE = 'postgres';
const RETRY_MS = [0, 100, 250, 500, 1_000, 2_000, 5_000] as const;
/** Until then a killed server's children may still hold its memory or its locks. */
const LOCKED_ATTEMPTS = 20;
const STOP_PATIENCE_MS = 30_000;

const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // An error's details and its statement may hold what a customer wrote: they stay out of the log.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  // There are no replicas.
  wal_level: 'minimal',
  max_wal_senders: 0,
} as const;

/**
 * Starts the PostgreSQL that npm brought, on the data in `dataDir`, and keeps it running until `stop()`. Throws a
 * `Problem` when another process runs on the same data, the disk is full, the folder cannot be used, or this machine has
 * no built-in PostgreSQL.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { onProgress = () => {}, log } = options;
  const places = placesFor(options.dataDir, options.socketDir);
  const port = options.port ?? PORT;
  try {
    const tools = { binaries: locateBinaries(), identity: chooseIdentity(), places };
    for (const folder of [places.folder, places.sockets]) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const ownership = await claimOwnership(places);
    const leave = async (): Promise<void> => {
      await ownership.release();
      if (places.sockets !== places.folder) fs.rmSync(places.sockets, { recursive: true, force: true });
    };
    try {
      const { password } = await prepareCluster({ ...tools, password: options.password, onProgress });
      onProgress('Starting the database');
      const start = (): Promise<ServerProcess> =>
        startUnlocked(places, port, () =>
          startServer({ ...tools, port, settings: { ...SETTINGS, ...options.settings }, log }),
        );
      const supervisor = supervise({ places, start, first: await start(), ...options });
      return {
        connection: { host: places.sockets, port, user: CLUSTER_USER, password, database: DATABASE },
        onExit: supervisor.onExit,
        stop: async () => {
          await supervisor.stop();
          await leave();
        },
      };
    } catch (fault) {
      await leave();
      throw fault;
    }
  } catch (fault) {
    throw explain(fault, places.folder);
  }
}

/** The connection to the embedded PostgreSQL that another process runs on `dataDir`, or none when nobody does. */
export async function findRunningPostgres(
  options: Pick<EmbeddedPostgresOptions, 'dataDir' | 'socketDir' | 'port'>,
): Promise<PostgresConnection | undefined> {
  const places = placesFor(options.dataDir, options.socketDir);
  const password = readPassword(places);
  if (!password || !(await findOwner(places))) return undefined;
  return { host: places.sockets, port: options.port ?? PORT, user: CLUSTER_USER, password, database: DATABASE };
}

async function startUnlocked(
  places: Places,
  port: number,
  start: () => Promise<ServerProcess>,
): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    await clearStaleLocks(places, port);
    try {
      return await start();
    } catch (fault) {
      if (
        attempt === LOCKED_ATTEMPTS ||
        !/shared memory block .* in use|lock file .* already exists/.test(String(fault))
      )
        throw fault;
    }
    await pause(250);
  }
}

function supervise(tools: {
  places: Places;
  start: () => Promise<ServerProcess>;
  first: ServerProcess;
  onRestart?: EmbeddedPostgresOptions['onRestart'];
  log: ServerLog;
}): Pick<EmbeddedPostgres, 'stop' | 'onExit'> {
  const { places, start, onRestart, log } = tools;
  const listeners: ((fault: Error) => void)[] = [];
  const stopping = new AbortController();
  let server = tools.first;

  const revive = async (reason: string): Promise<ServerProcess | undefined> => {
    const down = performance.now();
    for (let attempts = 1; !stopping.signal.aborted; attempts++) {
      await pause(RETRY_MS[Math.min(attempts, RETRY_MS.length) - 1], undefined, { signal: stopping.signal }).catch(
        () => {},
      );
      if (stopping.signal.aborted) return undefined;
      if (!fs.existsSync(path.join(places.cluster, 'PG_VERSION'))) throw new Error(`${places.cluster} is gone`);
      try {
        const next = await start();
        if (stopping.signal.aborted) {
          next.close();
          await next.ended;
          return undefined;
        }
        onRestart?.({ reason, downMs: performance.now() - down, attempts });
        return next;
      } catch (fault) {
        log.error(`The database is down, attempt ${attempts}: ${explain(fault, places.folder).message}`);
      }
    }
    return undefined;
  };

  const watch = async (): Promise<void> => {
    for (;;) {
      const { code, words } = await server.ended;
      if (stopping.signal.aborted) return;
      const reason = whyItEnded(code, words);
      log.error(`The database ended by itself (${reason}) and is started again.`);
      const next = await revive(reason);
      if (!next) return;
      server = next;
    }
  };
  const watching = watch().catch((fault: unknown) => {
    for (const listener of listeners) listener(explain(fault, places.folder));
  });

  return {
    onExit: (listener) => {
      listeners.push(listener);
    },
    stop: async () => {
      stopping.abort();
      server.close();
      const last = setTimeout(() => {
        const pid = postmasterPid(places);
        if (pid !== undefined) tell(pid, 'SIGQUIT');
      }, STOP_PATIENCE_MS);
      await watching;
      clearTimeout(last);
    },
  };
}
