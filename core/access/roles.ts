/** What a user may be; a user may be several. */
export const ROLES = ['admin', 'agent', 'customer'] as const;
export type Role = (typeof ROLES)[number];

/** Everything that can be allowed. `own` is what belongs to the asker; the query that reads it must say so too. */
export const PERMISSIONS = [
  'conversation.read-own',
  'conversation.read',
  'conversation.reply',
  'handoff.claim',
  'handoff.assign',
  'ticket.write-own',
  'ticket.write',
  'knowledge.read-drafts',
  'knowledge.write',
  'canned-reply.write',
  'flow.read',
  'flow.write',
  'flow.publish',
  'intent.read',
  'intent.write',
  'channel.manage',
  'analytics.read',
  'contact.read',
  'contact.export',
  'contact.erase',
  'user.manage',
  'settings.manage',
  'audit.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Which permissions each role carries. */
export type Grants = Readonly<Record<Role, readonly Permission[]>>;

/** The grants of a new installation. Agents do not write knowledge until an admin allows it. */
export const DEFAULT_GRANTS: Grants = {
  admin: PERMISSIONS,
  agent: [
    'conversation.read-own',
    'conversation.read',
    'conversation.reply',
    'handoff.claim',
    'handoff.assign',
    'ticket.write-own',
    'ticket.write',
    'knowledge.read-drafts',
    'canned-reply.write',
    'flow.read',
    'intent.read',
    'analytics.read',
    'contact.read',
  ],
  customer: ['conversation.read-own', 'ticket.write-own'],
};

/** Whether one of the roles carries the permission. */
export function can(roles: readonly Role[], permission: Permission, grants: Grants = DEFAULT_GRANTS): boolean {
  return roles.some((role) => grants[role].includes(permission));
}
