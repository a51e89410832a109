import { can, DEFAULT_GRANTS, PERMISSIONS } from './roles.ts';

test('an admin may do everything', () => {
  expect(PERMISSIONS.filter((permission) => !can(['admin'], permission))).toEqual([]);
});

test('a customer may only touch what is theirs', () => {
  expect(PERMISSIONS.filter((permission) => can(['customer'], permission))).toEqual([
    'conversation.read-own',
    'ticket.write-own',
  ]);
});

test('an agent works the desk and manages nothing', () => {
  expect(can(['agent'], 'handoff.claim')).toBe(true);
  for (const permission of ['user.manage', 'audit.read', 'flow.publish', 'channel.manage', 'contact.erase'] as const)
    expect(can(['agent'], permission)).toBe(false);
});

test('agents write knowledge only where an admin allowed it', () => {
  expect(can(['agent'], 'knowledge.write')).toBe(false);
  const grants = { ...DEFAULT_GRANTS, agent: [...DEFAULT_GRANTS.agent, 'knowledge.write' as const] };
  expect(can(['agent'], 'knowledge.write', grants)).toBe(true);
});

test('several roles add up, none allows nothing', () => {
  expect(can(['customer', 'agent'], 'ticket.write')).toBe(true);
  expect(can([], 'conversation.read-own')).toBe(false);
});
