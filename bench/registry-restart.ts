// node bench/registry-restart.ts FOLDER ORIGIN NAMES: opens a registry that was stopped, asks for proofs of names all over
// its log, and replays the beginning of it; one line of JSON.
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { replayLog } from '@fujie/shared/core/log/replay.ts'
import { entryKind } from '@fujie/shared/core/log/seal.ts'
import { formatTilePath, parseEntryBundle, tileWidth } from '@fujie/shared/core/log/tile.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'
import { tilesInFiles } from '../registry/adapters/tiles-files.ts'
import { startRegistry } from '../registry/main.ts'

/** Names that are asked for, and entries that are replayed. */
const most = 50_000

const [folder = '', origin = ''] = process.argv.slice(2)
const tiles = tilesInFiles(folder)
const { size } = parseCheckpoint(parseNote((await tiles.published()) ?? '').text)
const before = performance.now()
const registry = await startRegistry(
  { folder, port: 0, origin, batchInterval: 1_000, stampInterval: 3_600, anchorInterval: 3_600 },
  {
    logKey: signerOfJwk(derivePrivateJwk('bench', 'log', 'Ed25519')),
    firstPolicy: () => Promise.reject(new Error('there is a log already')),
  },
)
const seconds = (performance.now() - before) / 1000
const started = memory()
const woken = await wake()
const peak = process.resourceUsage().maxRSS / 2 ** 10
const served = memory()
await registry.stop()
process.stdout.write(JSON.stringify({ seconds, started, served, most: peak, woken, replayed: await replay() }))

/** MiB this process holds once it has given back what it does not use. */
function memory(): number {
  const collect = globalThis.gc as ((options: object) => void) | undefined
  collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  return process.memoryUsage().rss / 2 ** 20
}

/** Processor time, in microseconds, of one proof of a name that was not asked for before. */
async function wake(): Promise<number> {
  const names: string[] = []
  const bundles = Math.ceil(size / tileWidth)
  for (let i = 0; names.length < Math.min(most, size / 2); i++) {
    // A step that meets every bundle once, in no order of theirs.
    for (const entry of await bundle((i * 7_919) % bundles)) {
      if (entryKind(entry) !== 'record') continue
      const { ns, name } = nameOfRecord(parseRecord(utf8Text(entry) ?? ''))
      if (ns === 'did') names.push(name)
    }
  }
  const start = process.cpuUsage()
  for (const name of names) await registry.prove('did', name)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / names.length
}

async function bundle(index: number): Promise<readonly Uint8Array[]> {
  const width = Math.min(tileWidth, size - index * tileWidth)
  const bytes = await tiles.read(formatTilePath({ level: 'entries', index, width }))
  if (bytes === undefined) throw new Error('no bundle')
  return parseEntryBundle(bytes)
}

/** Records folded in a second of one core, signatures and all. */
async function replay(): Promise<number> {
  const start = process.cpuUsage()
  const { records, disagreement } = await replayLog(entries())
  if (disagreement !== undefined) throw new Error(`${disagreement.code} at ${disagreement.index}`)
  const { user, system } = process.cpuUsage(start)
  return records / ((user + system) / 1e6)

  async function* entries(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index * tileWidth < Math.min(size, most); index++) yield* await bundle(index)
  }
}
