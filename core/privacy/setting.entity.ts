import { defineEntity, p } from '@mikro-orm/core';

/** One setting of the installation; a secret one is sealed before it comes here. */
export const Setting = defineEntity({
  name: 'Setting',
  tableName: 'settings',
  properties: { key: p.text().primary(), value: p.json<unknown>(), updatedAt: p.datetime().defaultRaw('now()') },
});
