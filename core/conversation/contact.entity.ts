import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { User } from '#core/access/user.entity.ts';

/** A customer as channels know them. Everything that says who it is, is sealed with the contact's own key. */
export const Contact = defineEntity({
  name: 'Contact',
  tableName: 'contacts',
  properties: {
    id: p.uuid().primary(),
    /** The data key, wrapped by the key ring; null once the contact is erased: then nothing sealed with it can be read. */
    dataKey: p.blob().nullable(),
    user: () => p.manyToOne(User).nullable().deleteRule('set null').unique(),
    nameSealed: p.blob().nullable(),
    emailSealed: p.blob().nullable(),
    phoneSealed: p.blob().nullable(),
    locale: p.text().check("locale in ('zh-TW', 'en')"),
    createdAt: p.datetime().defaultRaw('now()'),
    erasedAt: p.datetime().nullable(),
  },
});
export type Contact = InferEntity<typeof Contact>;

/** How a contact is known on one connection of one channel. */
export const ContactIdentity = defineEntity({
  name: 'ContactIdentity',
  tableName: 'contact_identities',
  uniques: [{ properties: ['channel', 'connection', 'externalIndex'] }],
  properties: {
    id: p.uuid().primary(),
    contact: () => p.manyToOne(Contact).deleteRule('cascade').index(),
    channel: p.text().check("channel in ('web', 'slack', 'telegram', 'teams')"),
    connection: p.text(),
    externalIndex: p.blob(),
    externalSealed: p.blob(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
