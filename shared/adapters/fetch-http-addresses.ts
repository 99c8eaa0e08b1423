import { BlockList, isIP } from 'node:net'

// Two lists: in a common one every IPv4 address would match the mapped network of IPv6.
const blocked = { ipv4: new BlockList(), ipv6: new BlockList() }

/** Networks that no other party of ours can be in: private, shared, loopback, link-local, multicast, documentation. */
const networks4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/**
 * Of IPv6 only global unicast is public. Outside it lie loopback, local and multicast addresses, and IPv4 in all its
 * disguises (compatible, mapped, translated, NAT64); inside it these: protocols (Teredo too), documentation, 6to4.
 */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
const networks6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']
for (const network of networks4) addNetwork(network, 'ipv4')
for (const network of networks6) addNetwork(network, 'ipv6')

function addNetwork(network: string, family: 'ipv4' | 'ipv6'): void {
  const [address, bits] = network.split('/') as [string, string]
  blocked[family].addSubnet(address, Number(bits), family)
}

/** Whether an address is one on the public Internet. Anything that is no address is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !blocked.ipv4.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  return globalUnicast.check(address, 'ipv6') && !blocked.ipv6.check(address, 'ipv6')
}

/** The address a URL's host spells, without brackets; undefined for a name. `URL` has unified decimal, octal and hex forms. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? undefined : bare
}

export function isLoopbackLiteral(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]'
}
