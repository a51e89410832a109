import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Logger } from 'pino';
import { openDatabase } from '#adapters/postgres/open-database.ts';
import { installationSecret } from '#adapters/postgres/secrets.ts';
import { createAccounts } from '#core/access/accounts.ts';
import { createPasswords } from '#core/access/password.ts';
import type { Configuration } from '#core/configuration.ts';
import { createUuid7 } from '#core/conversation/uuid.ts';
import { createBlindIndex } from '#core/privacy/blind-index.ts';
import { openKeyRingFolder } from '#core/privacy/key-ring-folder.ts';
import { parseKeyRing } from '#core/privacy/key-ring.ts';
import { safeError } from '#core/privacy/safe-error.ts';
import { createSeal } from '#core/privacy/seal.ts';

/** Told while something takes long; for a terminal. */
export type Progress = (step: string) => void;

/** What everything stands on: the database, the keys, the people. */
export type Foundation = Awaited<ReturnType<typeof layFoundation>>;

/** Opens the database and whatever is secret. `mayJoin`: also while a server runs on the same data. */
export async function layFoundation(
  configuration: Configuration,
  { onProgress, log, mayJoin = false }: { onProgress: Progress; log: Logger; mayJoin?: boolean },
) {
  const database = await openDatabase({
    address: configuration.database,
    dataDir: configuration.dataDir,
    mayJoin,
    onProgress,
    log: { info: (text) => log.debug(text), warn: (text) => log.warn(text), error: (text) => log.error(text) },
  });
  try {
    const keyRing = configuration.keys
      ? parseKeyRing(configuration.keys)
      : openKeyRingFolder(path.join(configuration.dataDir, 'keys'), randomBytes);
    const seal = createSeal({ keyRing, random: randomBytes });
    const blindIndex = createBlindIndex(await installationSecret(database.pool, seal, 'blind-index'));
    const secret = configuration.secret ?? (await installationSecret(database.pool, seal, 'access-tokens'));
    const uuid = createUuid7(Date.now);
    const accounts = createAccounts({
      em: () => database.orm.em.fork(),
      seal,
      blindIndex,
      passwords: createPasswords(),
      secret,
      uuid,
      random: randomBytes,
      now: () => new Date(),
    });
    const onError = (error: unknown, about: object = {}): void => {
      const err = safeError(error);
      log.error({ err, ...about }, err.message || 'failed');
    };
    return { configuration, database, seal, blindIndex, secret, uuid, accounts, log, onError };
  } catch (error) {
    await database.close();
    throw error;
  }
}
