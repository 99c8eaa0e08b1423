// node bench/registry-restart.ts FOLDER ORIGIN: opens a registry that was stopped, and replays its log; one line of JSON.
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { replayLog } from '@fujie/shared/core/log/replay.ts'
import { formatTilePath, parseEntryBundle, tileWidth } from '@fujie/shared/core/log/tile.ts'
import { tilesInFiles } from '../registry/adapters/tiles-files.ts'
import { startRegistry } from '../registry/main.ts'

const [folder = '', origin = ''] = process.argv.slice(2)
const before = performance.now()
const registry = await startRegistry(
  { folder, port: 0, origin, batchInterval: 1_000, stampInterval: 3_600, anchorInterval: 3_600 },
  {
    logKey: signerOfJwk(derivePrivateJwk('bench', 'log', 'Ed25519')),
    firstPolicy: () => Promise.reject(new Error('there is a log already')),
  },
)
const seconds = (performance.now() - before) / 1000
globalThis.gc?.()
const mebibytes = process.memoryUsage().rss / 2 ** 20
await registry.stop()
process.stdout.write(JSON.stringify({ seconds, mebibytes, replayed: await replay() }))

/** Records folded in a second of one core, signatures and all. */
async function replay(): Promise<number> {
  const tiles = tilesInFiles(folder)
  const { size } = parseCheckpoint(parseNote((await tiles.published()) ?? '').text)
  const start = process.cpuUsage()
  const { records, disagreement } = await replayLog(entries())
  if (disagreement !== undefined) throw new Error(`${disagreement.code} at ${disagreement.index}`)
  const { user, system } = process.cpuUsage(start)
  return records / ((user + system) / 1e6)

  async function* entries(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index * tileWidth < size; index++) {
      const width = Math.min(tileWidth, size - index * tileWidth)
      const bytes = await tiles.read(formatTilePath({ level: 'entries', index, width }))
      if (bytes === undefined) throw new Error('no bundle')
      yield* parseEntryBundle(bytes)
    }
  }
}
