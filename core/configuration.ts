import path from 'node:path';
import { Problem, type FieldError } from './errors.ts';
import {
  count,
  databaseAddress,
  limit,
  list,
  oneOf,
  onOff,
  origin,
  port,
  secret,
  serviceHours,
  share,
  timeZone,
  url,
  words,
  type DatabaseAddress,
  type Limit,
  type Reader,
  type ServiceHours,
} from './setting-readers.ts';

type Setting<T> = {
  read: Reader<T>;
  /** The words that hold when nothing is set. */
  fallback: string | undefined;
  says: string;
};

const withDefault = <T>(read: Reader<T>, fallback: string, says: string): Setting<T> => ({ read, fallback, says });
const optional = <T>(read: Reader<T>, says: string): Setting<T | undefined> => ({ read, fallback: undefined, says });

const SETTINGS = {
  PORT: withDefault(port, '3000', 'The port of everything; 0 takes a free one.'),
  HOST: withDefault(words, '0.0.0.0', 'The address to listen on; 127.0.0.1 keeps it to this machine.'),
  FRONTDESK_ROLE: withDefault(oneOf('all', 'api', 'worker'), 'all', 'What this process does.'),
  FRONTDESK_DATA: withDefault(words, '.frontdesk', 'The folder of the built-in database, the uploads and the keys.'),
  DATABASE_URL: optional(databaseAddress, 'A PostgreSQL of yours instead of the built-in one.'),
  REDIS_URL: optional(url('redis', 'rediss'), 'Redis for the queue, live events, caches and limits.'),
  ELASTICSEARCH_URL: optional(url('http', 'https'), 'Elasticsearch for the search.'),
  OLLAMA_URL: withDefault(list(url('http', 'https')), '', 'Ollama servers, separated by commas; none: no model.'),
  OLLAMA_MODEL: withDefault(words, 'qwen3:14b', 'The model that understands and answers.'),
  OLLAMA_EMBED_MODEL: optional(words, 'A model of the same servers that makes vectors.'),
  EMBEDDINGS_URL: optional(url('http', 'https'), 'An OpenAI-compatible server that makes vectors.'),
  FRONTDESK_SKIP_MODEL_ABOVE: withDefault(
    share,
    '0.9',
    'The classifier decides alone from this probability on; 1 asks the model for everything.',
  ),
  FRONTDESK_KEYS: optional(words, 'The keys that seal personal data; by default kept in the data folder.'),
  FRONTDESK_SECRET: optional(secret, 'Signs access tokens; by default drawn once and kept in the data folder.'),
  FRONTDESK_ORIGINS: withDefault(list(origin), '', 'Sites that may embed the widget, separated by commas.'),
  FRONTDESK_DEMO: withDefault(onOff, 'on', 'Loads the demo content on the first start.'),
  FRONTDESK_TIME_ZONE: withDefault(timeZone, 'Asia/Taipei', 'The time zone of the service hours and of reports.'),
  FRONTDESK_SERVICE_HOURS: withDefault(
    serviceHours,
    'always',
    'When people answer: Mon-Fri 09:00-18:00; Sat 10:00-14:00.',
  ),
  TRUST_PROXY: withDefault(
    count(10),
    '0',
    'How many proxies of yours stand before it: the addresses that they report are then believed.',
  ),
  LOG_LEVEL: withDefault(
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'What is logged.',
  ),
  FRONTDESK_LIMIT_REQUESTS: withDefault(limit, '1200/1m', 'Requests from one address.'),
  FRONTDESK_LIMIT_SESSIONS: withDefault(limit, '20/1h', 'Conversations begun from one address.'),
  FRONTDESK_LIMIT_MESSAGES: withDefault(limit, '20/10s', 'Messages and frames of one conversation.'),
  FRONTDESK_LIMIT_LOGINS: withDefault(limit, '5/5m', 'Failed sign-ins from one address.'),
  FRONTDESK_LIMIT_LOGINS_PER_EMAIL: withDefault(limit, '10/15m', 'Failed sign-ins of one e-mail address.'),
  FRONTDESK_LIMIT_SIGN_UPS: withDefault(limit, '5/30m', 'Registrations from one address.'),
  FRONTDESK_LIMIT_SEARCHES: withDefault(limit, '100/1m', 'Searches of one person.'),
} as const satisfies Record<string, Setting<unknown>>;

type SettingName = keyof typeof SETTINGS;
type Values = { [Name in SettingName]: ReturnType<(typeof SETTINGS)[Name]['read']> | Missing<Name> };
type Missing<Name extends SettingName> =
  (typeof SETTINGS)[Name] extends Setting<infer T> ? (undefined extends T ? undefined : never) : never;

/** Everything that can be set, parsed. `warnings` are sentences about what is set in vain. */
export type Configuration = {
  port: number;
  host: string;
  role: 'all' | 'api' | 'worker';
  /** Absolute. */
  dataDir: string;
  /** None: the built-in one. */
  database: DatabaseAddress | undefined;
  redisUrl: string | undefined;
  elasticsearchUrl: string | undefined;
  ollama: { urls: readonly string[]; model: string; embedModel: string | undefined } | undefined;
  embeddingsUrl: string | undefined;
  skipModelAbove: number;
  keys: string | undefined;
  secret: string | undefined;
  origins: readonly string[];
  demo: boolean;
  timeZone: string;
  serviceHours: ServiceHours;
  /** Proxies before us whose `X-Forwarded-For` is believed. */
  trustedProxies: number;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  limits: {
    requests: Limit;
    sessions: Limit;
    messages: Limit;
    logins: Limit;
    loginsPerEmail: Limit;
    signUps: Limit;
    searches: Limit;
  };
  warnings: readonly string[];
};

/** Reads all settings from the environment at once; a `Problem` names every one that is wrong and says how to mend it. */
export function parseConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const faults: FieldError[] = [];
  const values: Partial<Record<string, unknown>> = {};
  for (const [name, { read, fallback }] of Object.entries(SETTINGS) as [SettingName, Setting<unknown>][]) {
    const given = env[name]?.trim() || fallback;
    if (given === undefined) continue;
    try {
      values[name] = read(given);
    } catch (fault) {
      faults.push({ path: name, message: `must be ${(fault as Error).message}` });
    }
  }
  if (faults.length > 0) throw refusal(faults);
  const parsed = values as Values;
  const clashes = findClashes(parsed);
  if (clashes.length > 0) throw refusal(clashes);
  return { ...arrange(parsed), warnings: unknownNames(env) };
}

function findClashes(values: Values): FieldError[] {
  const clashes: FieldError[] = [];
  if (values.FRONTDESK_ROLE !== 'all' && values.DATABASE_URL === undefined)
    clashes.push({
      path: 'DATABASE_URL',
      message: `must be set for the role ${values.FRONTDESK_ROLE}: the built-in database belongs to one process that does everything`,
    });
  if (values.OLLAMA_EMBED_MODEL !== undefined && values.OLLAMA_URL.length === 0)
    clashes.push({ path: 'OLLAMA_URL', message: 'must be set, as OLLAMA_EMBED_MODEL names a model on it' });
  if (values.OLLAMA_EMBED_MODEL !== undefined && values.EMBEDDINGS_URL !== undefined)
    clashes.push({
      path: 'EMBEDDINGS_URL',
      message: 'must not be set beside OLLAMA_EMBED_MODEL: vectors of two models do not compare',
    });
  return clashes;
}

function refusal(faults: readonly FieldError[]): Problem {
  const lines = faults.map(({ path, message }) => `${path} ${message}.`);
  const detail = lines.length === 1 ? lines.join('') : `${lines.length} settings are wrong:\n  ${lines.join('\n  ')}`;
  return new Problem('invalid', detail, { errors: faults });
}

function arrange(values: Values): Omit<Configuration, 'warnings'> {
  return {
    port: values.PORT,
    host: values.HOST,
    role: values.FRONTDESK_ROLE,
    dataDir: path.resolve(values.FRONTDESK_DATA),
    database: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    elasticsearchUrl: values.ELASTICSEARCH_URL,
    ollama:
      values.OLLAMA_URL.length === 0
        ? undefined
        : { urls: values.OLLAMA_URL, model: values.OLLAMA_MODEL, embedModel: values.OLLAMA_EMBED_MODEL },
    embeddingsUrl: values.EMBEDDINGS_URL,
    skipModelAbove: values.FRONTDESK_SKIP_MODEL_ABOVE,
    keys: values.FRONTDESK_KEYS,
    secret: values.FRONTDESK_SECRET,
    origins: values.FRONTDESK_ORIGINS,
    demo: values.FRONTDESK_DEMO,
    timeZone: values.FRONTDESK_TIME_ZONE,
    serviceHours: values.FRONTDESK_SERVICE_HOURS,
    trustedProxies: values.TRUST_PROXY,
    logLevel: values.LOG_LEVEL,
    limits: {
      requests: values.FRONTDESK_LIMIT_REQUESTS,
      sessions: values.FRONTDESK_LIMIT_SESSIONS,
      messages: values.FRONTDESK_LIMIT_MESSAGES,
      logins: values.FRONTDESK_LIMIT_LOGINS,
      loginsPerEmail: values.FRONTDESK_LIMIT_LOGINS_PER_EMAIL,
      signUps: values.FRONTDESK_LIMIT_SIGN_UPS,
      searches: values.FRONTDESK_LIMIT_SEARCHES,
    },
  };
}

/** Names of ours that are no setting, most likely misspelt; those of the tests are left out. */
function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => /^FRONTDESK_(?!TEST_|REQUIRE$)/.test(name) && !(name in SETTINGS))
    .map((name) => `${name} is no setting of Frontdesk and does nothing.`);
}

/** All settings for `--help` and the documentation, with the words that hold when nothing is set. */
export function describeSettings(): { name: string; fallback: string; says: string }[] {
  return Object.entries(SETTINGS).map(([name, { fallback, says }]) => ({ name, fallback: fallback ?? '', says }));
}
