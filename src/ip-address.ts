// IP addresses and their networks.

/** The network of an address: an IPv4 address itself, or the first four groups of an IPv6 address (its /64). */
export function networkOf(ip = ''): string {
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('::')
  const front = head.split(':')
  const back = tail?.split(':') ?? []
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length
  return [...front, ...Array(Math.max(zeros, 0)).fill('0'), ...back].slice(0, 4).join(':')
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = new RegExp(`^(?:${octet}\\.){3}${octet}$`)

/** @returns the address in its canonical form; undefined if the text is not an IP address */
export function parseIpAddress(text: string): string | undefined {
  if (ipv4.test(text)) return text
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined
  const address = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? []
  if (high === undefined || low === undefined) return address
  // A server that listens on IPv6 sees an IPv4 address in this form (RFC 4291 §2.5.5.2).
  const groups = [high, low].map((group) => Number.parseInt(group, 16))
  return groups.flatMap((group) => [group >> 8, group & 255]).join('.')
}

/** Whether a network distinguishes clients. An unknown one does not, nor the network that all Workers at Cloudflare share. */
export const identifiesClient = (network: string) => network !== '' && network !== workersNetwork

// The address that Cloudflare gives for a Worker that calls another zone: 2a06:98c0:3600::103.
const workersNetwork = '2a06:98c0:3600:0'
