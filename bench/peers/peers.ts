import { didwebvh } from './didwebvh.ts'
import { didEthr } from './ethr.ts'
import type { Peer, Resolving } from './resolving.ts'

/** Figures of others. */
export interface PeerFigures {
  /** What stands beside a row of the bench `registry`, by name of the peer: empty where nothing was measured. */
  beside(row: string): Readonly<Record<string, number>>
}

/** How often the identifiers are changed that are resolved. */
export const sizes: readonly number[] = [1, 120, 10_000]

/** Which cost of which identifier stands beside which row. */
const rows: Readonly<Record<string, readonly [what: keyof Resolving, changes: number]>> = {
  'verify-bundle': ['verify', 1],
  'verify-bundle-120': ['verify', 120],
  'verify-bundle-10000': ['verify', 10_000],
  'resolve-held': ['held', 120],
  ...Object.fromEntries(
    sizes.flatMap((changes) => [
      [`proof-${changes}`, ['bytes', changes]],
      [`resolve-requests-${changes}`, ['requests', changes]],
      [`resolve-online-${changes}`, ['online', changes]],
    ]),
  ),
}

type Makers = Readonly<Record<string, (sizes: readonly number[]) => Promise<Peer>>>

const everybody: Makers = { 'didwebvh-ts': didwebvh, 'ethr-did-resolver': didEthr }

/** Nobody, if the command line has `--no-peers`. */
const wanted = (): Makers => (process.argv.includes('--no-peers') ? {} : everybody)

/**
 * What it costs others to resolve an identifier that was changed so many times, measured here and now.
 *
 * Whoever cannot run, for want of a package or a binary, is missing from the figures and named on stderr.
 */
export async function peerFigures(makers: Makers = wanted()): Promise<PeerFigures> {
  const peers: Peer[] = []
  for (const [name, measurePeer] of Object.entries(makers)) {
    try {
      peers.push(await measurePeer(sizes))
    } catch (error) {
      console.error(`SKIPPED peer ${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    }
  }
  return figuresOf(peers)
}

/** Before anybody was measured. */
export const noPeers = figuresOf([])

function figuresOf(peers: readonly Peer[]): PeerFigures {
  const gas = Object.assign({}, ...peers.map((peer) => peer.gas)) as Readonly<Record<string, number>>
  return {
    beside(row) {
      if (row === 'anchor-gas-record') return gas
      const [what, changes] = rows[row] ?? []
      if (what === undefined || changes === undefined) return {}
      const known = peers.map(({ name, resolving }) => [name, resolving.get(changes)?.[what]] as const)
      return Object.fromEntries(known.filter((each): each is readonly [string, number] => each[1] !== undefined))
    },
  }
}
