import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { command, type Command } from '@fujie/shared/cli/command.ts'
import { exit } from '@fujie/shared/cli/exit.ts'
import type { Progress } from '@fujie/shared/cli/progress.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote, parseVerifierKey, verifiedSignatures } from '@fujie/shared/core/log/note.ts'
import { formatTilePath, parseEntryBundle, tileWidth } from '@fujie/shared/core/log/tile.ts'
import { say } from '@fujie/shared/ui/messages.ts'
import { headInSqlite } from './adapters/head-sqlite.ts'
import { keptKey } from './adapters/key-file.ts'
import { mapInSqlite } from './adapters/map-sqlite.ts'
import { tilesInFiles } from './adapters/tiles-files.ts'
import { ledgerCommands } from './commands/ledger.ts'
import { readLedgerFile } from './commands/ledger-file.ts'
import { removeDatabase, scrubFolder } from './commands/scrub.ts'
import { untilTold, watchCommands } from './commands/watch.ts'
import { registryDefaults } from './config.ts'
import { demoPolicy, firstPolicy } from './log/genesis.ts'
import { isReached, replayLog, type Replayed } from '@fujie/shared/core/log/replay.ts'
import { rebuildStates } from './log/rebuild.ts'
import { asDamage, startRegistry } from './main.ts'
import { startReader } from './main/reader.ts'

/** Reads a file of a log by its path: from a folder, or from an address. */
type ReadFile = (path: string) => Promise<Uint8Array>

const mostBundle = tileWidth * (limits.trustRecord + 2)

const audit = command({
  name: 'registry audit LOG',
  words: {
    'zh-CN': '重放登记簿的每一条记录（文件夹或网址）',
    en: 'Replays every record of a log (a folder or an address)',
  },
  schema: z.strictObject({ log: z.string(), insecureLoopback: z.optional(z.boolean()) }),
  async run({ log, insecureLoopback = false }, print) {
    const isRemote = /^https?:\/\//.test(log)
    const read = isRemote ? overHttp(log, insecureLoopback) : inFolder(log)
    const result = await auditLog(read, (total) => print.progress(say(print.language, 'cli.auditing'), total))
    const damage = result.ok && !isRemote ? await damageIn(log) : undefined
    const ok = result.ok && damage === undefined
    const { size, root } = result.replayed.head
    const view = {
      ok,
      log: result.replayed.log,
      size,
      root: encodeBase64url(root),
      records: result.replayed.records,
      batches: result.replayed.batches,
      ...(result.disagreement && { disagreement: result.disagreement }),
      ...(damage !== undefined && { damage }),
    }
    const { disagreement } = result
    const words = disagreement === undefined ? (damage ?? 'whole') : `entry ${disagreement.index}: ${disagreement.code}`
    print.result(view, () => [`${view.log} ${size} ${view.root}`, words])
    return ok ? exit.done : exit.refused
  },
})

interface Audit {
  readonly ok: boolean
  readonly replayed: Replayed
  readonly disagreement?: Replayed['disagreement']
}

/** Replays a log up to its checkpoint, whose signature has to be by a key of the policy. */
async function auditLog(read: ReadFile, show: (total: number) => Progress): Promise<Audit> {
  const note = parseNote(utf8Text(await read('checkpoint')) ?? '')
  const checkpoint = parseCheckpoint(note.text)
  const progress = show(checkpoint.size)
  const replayed = await replayLog(counted(entriesOf(read, checkpoint.size), progress)).finally(() => progress.end())
  if (replayed.disagreement !== undefined) return { ok: false, replayed, disagreement: replayed.disagreement }
  const keys = (replayed.policy?.logKeys ?? []).map(parseVerifierKey)
  const signed = (await verifiedSignatures(note, keys)).some(({ key }) => key.type === 1)
  const ok = signed && isReached(replayed, checkpoint) && replayed.policy?.origin === checkpoint.origin
  return ok ? { ok, replayed } : { ok, replayed, disagreement: { index: checkpoint.size, code: 'log.damaged' } }
}

/** Where the files of a registry's folder are not what its log says. A folder of tiles alone has none of the others. */
async function damageIn(folder: string): Promise<string | undefined> {
  if (!existsSync(join(folder, 'head.sqlite'))) return undefined
  try {
    return await scrubFolder(folder)
  } catch (thrown) {
    const fault = asDamage(thrown)
    if (fault instanceof Fault) return `${String(fault.details.at ?? 'record')}: ${fault.code}`
    throw thrown
  }
}

async function* entriesOf(read: ReadFile, size: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index * tileWidth < size; index++) {
    const width = Math.min(tileWidth, size - index * tileWidth)
    yield* parseEntryBundle(await read(formatTilePath({ level: 'entries', index, width })))
  }
}

async function* counted(entries: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const entry of entries) {
    progress.reached(done++)
    yield entry
  }
}

function inFolder(folder: string): ReadFile {
  const tiles = tilesInFiles(folder)
  return async (path) => {
    const bytes = path === 'checkpoint' ? utf8((await tiles.published()) ?? '') : await tiles.read(path)
    if (bytes === undefined) throw new Fault('record.not_found', { path })
    return bytes
  }
}

function overHttp(url: string, insecureLoopback: boolean): ReadFile {
  const http = createHttp({ insecureLoopback })
  return async (path) => {
    const { status, body } = await http.send({
      method: 'GET',
      url: `${url.replace(/\/$/, '')}/${path}`,
      limit: mostBundle,
    })
    if (status !== 200) throw new Fault('registry.unreachable', { status })
    return body
  }
}

const rebuild = command({
  name: 'registry rebuild FOLDER',
  words: {
    'zh-CN': '由日志重建登记簿的索引，逐一核对每个封条',
    en: 'Rebuilds the indexes of a registry from its log, comparing every seal',
  },
  schema: z.strictObject({ folder: z.string() }),
  async run({ folder }, print) {
    const replayed = await rebuildFolder(folder, (total) =>
      print.progress(say(print.language, 'cli.rebuilding'), total),
    )
    const { disagreement, head, records, batches } = replayed
    const view = { ok: disagreement === undefined, size: head.size, root: encodeBase64url(head.root), records, batches }
    print.result({ ...view, ...(disagreement && { disagreement }) }, () => [
      `${view.size} ${view.root}`,
      disagreement === undefined ? `rebuilt ${records}` : `entry ${disagreement.index}: ${disagreement.code}`,
    ])
    return view.ok ? exit.done : exit.refused
  },
})

/** Makes the new indexes beside the old ones, and puts them in their place only if they lead to the head. */
async function rebuildFolder(folder: string, show: (total: number) => Progress): Promise<Replayed> {
  const heads = headInSqlite(join(folder, 'head.sqlite'))
  const path = join(folder, 'map.sqlite')
  const beside = `${path}.new`
  try {
    // Whoever still writes here can move the head no more.
    heads.takeOver()
    const head = heads.load()
    if (head === undefined) throw new Fault('record.not_found', { at: 'head' })
    await removeDatabase(beside)
    const states = mapInSqlite(beside)
    const progress = show(head.size)
    const entries = counted(entriesOf(inFolder(folder), head.size), progress)
    const replayed = await rebuildStates(entries, states).finally(() => {
      progress.end()
      states.close()
    })
    if (replayed.disagreement !== undefined) return replayed
    if (!isReached(replayed, head)) return { ...replayed, disagreement: { index: head.size, code: 'log.damaged' } }
    await removeDatabase(path)
    await rename(beside, path)
    return replayed
  } finally {
    heads.close()
    await removeDatabase(beside)
  }
}

const serve = command({
  name: 'registry serve FOLDER',
  words: {
    'zh-CN': '在本机运行登记簿；文件夹为空时新建（演示规则）',
    en: 'Runs a registry on loopback; begins one with demonstration rules in an empty folder',
  },
  schema: z.strictObject({
    folder: z.string(),
    port: z.optional(z.string()),
    origin: z.optional(z.string()),
    batchInterval: z.optional(z.string()),
    run: z.optional(z.enum(['sequencer', 'reader'])),
    mirrors: z.optional(z.string()),
    ledger: z.optional(z.string()),
    slow: z.optional(z.boolean()),
    healthPort: z.optional(z.string()),
    insecureLoopback: z.optional(z.boolean()),
  }),
  async run(asked, print) {
    const { folder, port = '4605', origin = 'fujie.local', batchInterval = '1000', insecureLoopback = false } = asked
    if (asked.run === 'reader') {
      const reader = await startReader({ folder, port: Number(port), ...builtPages() })
      print.result({ url: reader.url, log: reader.log }, () => `ready ${reader.url}/`)
      await untilTold()
      await reader.stop()
      return exit.done
    }
    const mirrors = asked.mirrors?.split(',') ?? []
    const settings = asked.ledger === undefined ? undefined : await readLedgerFile(asked.ledger)
    const ledger = settings && { keyFile: join(folder, 'ledger-key'), ...settings }
    const anchorInterval = asked.slow === true ? registryDefaults.slowAnchorInterval : registryDefaults.anchorInterval
    const [logKey, admin] = [await keptKey(folder, 'log'), await keptKey(folder, 'admin')]
    const registry = await startRegistry(
      {
        ...{ ...registryDefaults, ...builtPages(), anchorInterval, folder, port: Number(port), origin, mirrors },
        ...{ insecureLoopback, batchInterval: Number(batchInterval), ...(ledger && { ledger }) },
        ...(asked.healthPort === undefined ? {} : { healthPort: Number(asked.healthPort) }),
      },
      { logKey, firstPolicy: () => firstPolicy(demoPolicy(origin, logKey, admin), [admin], systemClock.now()) },
    )
    print.result({ url: registry.url, log: registry.log, logKeys: registry.logKeys }, () => `ready ${registry.url}/`)
    await untilTold()
    await registry.stop()
    return exit.done
  },
})

/** Explorer and checker, where they were built (`npm run build`). */
function builtPages() {
  const pages = join(import.meta.dirname, '../dist/pages')
  const [pagesFolder, checkerFile] = [join(pages, 'registry'), join(pages, 'checker/index.html')]
  return { ...(existsSync(pagesFolder) && { pagesFolder }), ...(existsSync(checkerFile) && { checkerFile }) }
}

/** The one command that people who know nothing of roles are told of. */
const shortAudit: Command = { ...audit, name: 'audit LOG' }

export const commands: readonly Command[] = [
  ...[audit, shortAudit, rebuild, serve],
  ...ledgerCommands,
  ...watchCommands,
]
