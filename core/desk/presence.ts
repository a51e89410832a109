/** Who is at the desk now: an agent with at least one open socket that is not set to away. */
export type Presence = {
  arrive(agentId: string): void;
  leave(agentId: string): void;
  set(agentId: string, status: 'online' | 'away'): void;
  online(): number;
};

export function createPresence(): Presence {
  const sockets = new Map<string, number>();
  const away = new Set<string>();
  return {
    arrive: (agentId) => void sockets.set(agentId, (sockets.get(agentId) ?? 0) + 1),
    leave(agentId) {
      const left = (sockets.get(agentId) ?? 1) - 1;
      if (left > 0) sockets.set(agentId, left);
      else {
        sockets.delete(agentId);
        away.delete(agentId);
      }
    },
    set(agentId, status) {
      if (status === 'away') away.add(agentId);
      else away.delete(agentId);
    },
    online: () => [...sockets.keys()].filter((id) => !away.has(id)).length,
  };
}
