import { bombs, type Bomb } from '../tests/security/bombs/bombs.ts'
import { median } from './measure.ts'
import { makeRow, type Row } from './row.ts'
import { liveBytes, usedBytes } from '../tests/fuzz/engine/heap.ts'

const limits = { ms: 20, MiB: 16 }
const rounds = 9

/** What it costs to refuse, or to read to the end, each input that is made to cost much: processor time and memory. */
export async function* rows(): AsyncGenerator<Row> {
  for (const bomb of bombs) {
    const { ms, bytes } = await costOf(bomb)
    yield makeRow({
      bench: 'bombs',
      row: bomb.name,
      unit: 'ms',
      better: 'less',
      ours: Math.max(ms, 0.001),
      limit: limits.ms,
    })
    const MiB = Math.max(bytes / 2 ** 20, 0.001)
    yield makeRow({ bench: 'bombs', row: bomb.name, unit: 'MiB', better: 'less', ours: MiB, limit: limits.MiB })
  }
}

/** The median of some rounds, the first of which, with what is set up at first use, is left out. */
async function costOf({ make }: Bomb): Promise<{ readonly ms: number; readonly bytes: number }> {
  const setOff = make()
  const times: number[] = []
  const sizes: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const before = liveBytes()
    const start = process.threadCpuUsage()
    await settle(setOff)
    const { user, system } = process.threadCpuUsage(start)
    const bytes = usedBytes() - before
    await new Promise(setImmediate)
    if (round > 0) times.push((user + system) / 1_000)
    if (round > 0) sizes.push(bytes)
  }
  return { ms: median(times), bytes: median(sizes) }
}

async function settle(setOff: () => unknown): Promise<void> {
  try {
    await setOff()
  } catch {
    // How it ends is what the tests ask.
  }
}
