import { defineEntity, p } from '@mikro-orm/core';

/** A flow by its name; what it does stands in its versions. */
export const FlowRow = defineEntity({
  name: 'FlowRow',
  tableName: 'flows',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    name: p.text().unique(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

/** One version of a flow: never changed once written. */
export const FlowVersion = defineEntity({
  name: 'FlowVersion',
  tableName: 'flow_versions',
  uniques: [{ properties: ['flow', 'number'] }, { properties: ['flow', 'hash'] }],
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    flow: () => p.manyToOne(FlowRow).deleteRule('cascade'),
    number: p.integer(),
    definition: p.json<unknown>(),
    hash: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

/** A published set of flow versions. A conversation stays on the release that it started with; the newest is current. */
export const FlowRelease = defineEntity({
  name: 'FlowRelease',
  tableName: 'flow_releases',
  properties: {
    id: p.integer().primary().autoincrement(),
    /** Flow's name → id of its version. */
    versions: p.json<Record<string, string>>(),
    publishedAt: p.datetime().defaultRaw('now()'),
  },
});
