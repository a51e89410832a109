import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';

/** The files of one embedded database. All lie below its folder, except the sockets where that path is too long. */
export type Places = {
  folder: string;
  cluster: string;
  /** What the name of a cluster begins with while it is being made; renamed when it is complete. */
  unfinished: string;
  password: string;
  sockets: string;
  /** Where the process that owns the database listens while it lives. */
  owner: string;
};

/** The kernel's limit for a socket's path is 108 bytes on Linux and 104 on macOS, the closing zero included. */
const LONGEST_SOCKET_PATH = 100;
const LONGEST_NAME = '.s.PGSQL.65535'.length;

/** Names the files for a database in `folder`; the sockets move below the temporary folder when their path would be too long. */
export function placesFor(folder: string, socketDir?: string): Places {
  const home = path.resolve(folder);
  const wanted = path.resolve(socketDir ?? home);
  const fits = Buffer.byteLength(wanted) + 1 + LONGEST_NAME <= LONGEST_SOCKET_PATH;
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const sockets = fits ? wanted : path.join(os.tmpdir(), `frontdesk-${key}`);
  return {
    folder: home,
    cluster: path.join(home, 'cluster'),
    unfinished: path.join(home, 'cluster.init'),
    password: path.join(home, 'password'),
    sockets,
    owner: path.join(sockets, 'owner.sock'),
  };
}
