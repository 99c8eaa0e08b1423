import { measure, median } from '../measure.ts'

/** What it costs a stranger to learn the state of one identifier, by one library. */
export interface Resolving {
  /** Bytes of all answers. */
  readonly bytes: number
  /** Questions asked over the network, one after the other. */
  readonly requests: number
  /** Microseconds of processor time from those bytes to a document. */
  readonly verify: number
  /** The same, with everything held that the library lets one hold. */
  readonly held: number
  /** Milliseconds of the clock with servers on loopback, nothing held. */
  readonly online: number
}

/** A library and what resolving costs by it, by how often the identifier was changed. */
export interface Peer {
  readonly name: string
  readonly resolving: ReadonlyMap<number, Resolving>
  /** Gas of one change, by the kind of change, where a ledger is paid for each. */
  readonly gas?: Readonly<Record<string, number>>
}

export interface Taken {
  /** Microseconds of processor time of this process. */
  readonly processor: number
  /** Milliseconds of the clock. */
  readonly clock: number
}

/** How long one call takes: medians, but the one call for what takes seconds. */
export async function timeCalls(work: () => Promise<unknown>): Promise<Taken> {
  const first = await timeOnce(work)
  if (first.clock > 1_000) return first
  const { processor } = await measure({ processor: work })
  const clocks: number[] = []
  for (let i = 0; i < 15; i++) clocks.push((await timeOnce(work)).clock)
  return { processor, clock: median(clocks) }
}

async function timeOnce(work: () => Promise<unknown>): Promise<Taken> {
  const [processor, clock] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(processor)
  return { processor: user + system, clock: performance.now() - clock }
}
