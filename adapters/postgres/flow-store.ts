import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { createFlowCompiler, type FlowSet, type FlowSources } from '#core/dialogue/compile.ts';
import { inTransaction } from './statements.ts';

/** Phrases are kept like a flow, under a name that no flow can have. */
const PHRASES = '@phrases';

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Releases of flows: read once each, never changed. */
export type FlowStore = {
  /** Writes versions that are new and makes them the current release; does nothing when it is current already. */
  publish(sources: FlowSources): Promise<void>;
  /** Reads the current release and all before it: conversations go on with the one that they began with. */
  load(): Promise<void>;
  current(): FlowSet;
  /** Undefined: it is gone, or was never read here. */
  release(id: string): FlowSet | undefined;
};

export function createFlowStore({ pool }: { pool: Pool }): FlowStore {
  const compiler = createFlowCompiler();
  const sets = new Map<string, FlowSet>();
  let current: FlowSet | undefined;

  return {
    async publish(sources) {
      compiler.compile(sources);
      const all = [
        ...sources.flows.map((flow) => ({ name: (flow as { id: string }).id, json: flow })),
        { name: PHRASES, json: sources.phrases },
      ];
      await inTransaction(pool, async (client) => {
        // One at a time: two processes that start together publish once.
        await client.query(`select pg_advisory_xact_lock(hashtext('flow-release'))`);
        const versions: Record<string, string> = {};
        for (const { name, json } of all) {
          await client.query('insert into flows (name) values ($1) on conflict (name) do nothing', [name]);
          await client.query(
            `insert into flow_versions (flow_id, number, definition, hash)
             select f.id, 1 + coalesce((select max(v.number) from flow_versions v where v.flow_id = f.id), 0), $2::jsonb, $3 from flows f where f.name = $1
             on conflict (flow_id, hash) do nothing`,
            [name, JSON.stringify(json), hashOf(json)],
          );
          const kept = await client.query<{ id: string }>(
            'select v.id from flow_versions v join flows f on f.id = v.flow_id where f.name = $1 and v.hash = $2',
            [name, hashOf(json)],
          );
          versions[name] = kept.rows[0]!.id;
        }
        await client.query(
          `insert into flow_releases (versions) select $1::jsonb
            where $1::jsonb is distinct from (select versions from flow_releases order by id desc limit 1)`,
          [JSON.stringify(versions)],
        );
      });
    },

    async load() {
      const rows = await pool.query<{ release: number; name: string; definition: unknown }>(
        `select r.id as release, f.name, v.definition from flow_releases r
           cross join lateral jsonb_each_text(r.versions) as e(name, version)
           join flow_versions v on v.id = e.version::uuid join flows f on f.id = v.flow_id order by r.id`,
      );
      const byRelease = Map.groupBy(rows.rows, (row) => row.release);
      for (const [, parts] of byRelease) {
        const set = compiler.compile({
          flows: parts.filter((part) => part.name !== PHRASES).map((part) => part.definition),
          phrases: parts.find((part) => part.name === PHRASES)?.definition,
        });
        sets.set(set.id, set);
        current = set;
      }
    },

    current() {
      if (!current) throw new Error('No flows were published. Run: npm run frontdesk -- seed');
      return current;
    },
    release: (id) => sets.get(id),
  };
}
