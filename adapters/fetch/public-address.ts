import { BlockList, isIP } from 'node:net';

// IANA's registries of special-purpose addresses: whatever the whole internet cannot reach, or reaches by a detour.
const NOT_PUBLIC_V4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, with the clouds' metadata services
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
]);
const GLOBAL_V6 = blockList('ipv6', ['2000::/3']);
const NOT_PUBLIC_V6 = blockList('ipv6', [
  '2001::/23', // Teredo and other protocol assignments
  '2001:db8::/32',
  '2002::/16', // 6to4: carries an IPv4 address
  '2620:4f:8000::/48',
  '3fff::/20',
  '5f00::/16',
]);

/**
 * Whether an IP address is one that anybody on the internet may be sent to. False for what is no address; for loopback,
 * private, link-local, shared, documentation, multicast and reserved ranges; and for IPv6 forms that carry an IPv4 address
 * (mapped, compatible, NAT64, 6to4, Teredo), whatever address they carry.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !NOT_PUBLIC_V4.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  return GLOBAL_V6.check(address, 'ipv6') && !NOT_PUBLIC_V6.check(address, 'ipv6');
}

function blockList(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net, prefix] = subnet.split('/') as [string, string];
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}
