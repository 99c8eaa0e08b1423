import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '@fujie/shared/cli/run.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { toHex, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { judgeState, parseProofBundleBytes } from '@fujie/shared/core/log/bundle.ts'
import { parseEntryBundle } from '@fujie/shared/core/log/tile.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { blobsInFiles, tilesInFiles } from '../../../registry/adapters/tiles-files.ts'
import { commands } from '../../../registry/commands.ts'
import { registryDefaults } from '../../../registry/config.ts'
import { formatStage } from '../../../registry/log/stage.ts'
import { startRegistry, type RunningRegistry } from '../../../registry/main.ts'
import { didOf, namedKey, TestRegistry, testOrigin } from '../../fixtures/registry.ts'
import { drawn, isFull } from '../crash/campaign.ts'

const flipsPerFile = isFull ? 40 : 3
/** Databases are larger than all the rest. */
const flipsPerDatabase = isFull ? 300 : 15
const time = 1_795_392_000

let place: string
/** A folder in which all is done, and one in which the head has moved and the rest has not. */
let whole: string
let staged: string
/** What may be asked of it. */
let questions: readonly string[]
type Answers = ReadonlyMap<string, string>

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'fujie-flip-'))
  ;[whole, staged] = [join(place, 'whole'), join(place, 'staged')]
  const registry = await TestRegistry.start()
  const { running, folder } = registry
  const created = await registry.create('a')
  const records: SignedRecord[] = [created]
  await running.submit(created.text)
  await running.submit((await registry.update('a', created)).text)
  await running.anchor()
  await registry.join('b')
  await blobsInFiles(join(folder, 'blob')).write(toHex(sha256(utf8('list'))), utf8('list'))
  await running.stop()
  const before = join(place, 'before')
  await cp(folder, before, { recursive: true })
  await registry.open()
  const last = await registry.create('c')
  records.push(last)
  const { index } = await registry.running.submit(last.text)
  questions = questionsOf(records, index + 2)
  await registry.stop()
  await cp(folder, whole, { recursive: true })
  await stageAgain(before, index + 2)
  await registry.remove()
}, 60_000)

afterAll(() => rm(place, { recursive: true, force: true }))

/** The folder as a crash leaves it once the head has moved: its last batch stands in the stage alone. */
async function stageAgain(before: string, size: number): Promise<void> {
  await cp(before, staged, { recursive: true })
  await cp(join(whole, 'head.sqlite'), join(staged, 'head.sqlite'))
  const bundle = await tilesInFiles(whole).read(`tile/entries/000.p/${size}`)
  await mkdir(join(staged, 'stage'), { recursive: true })
  await writeFile(join(staged, 'stage', String(size)), formatStage(parseEntryBundle(bundle as Uint8Array).slice(-2)))
}

function questionsOf(records: readonly SignedRecord[], size: number): readonly string[] {
  const names = records.map((record) => encodeURIComponent(didOf(record)))
  const entries = Array.from({ length: size }, (_, index) => `/entries/${index}`)
  const tiles = [0, 'entries'].map((level) => `/tile/${level}/000.p/${size}`)
  const perName = names.flatMap((name) => [`/proof/did/${name}`, `/history/did/${name}`, `/1.0/identifiers/${name}`])
  const lists = ['accreditations', 'registrations', 'queries', 'types', 'status-digests'].map(
    (list) => `/lists/${list}`,
  )
  const others = [
    '/stats',
    '/checkpoints',
    '/checkpoint',
    '/anchors',
    '/records?limit=100',
    '/proof/did/nobody',
    '/policy',
  ]
  const blob = `/blobs/${toHex(sha256(utf8('list')))}`
  return [...records.map(({ id }) => `/ops/${id}`), ...perName, ...entries, ...tiles, ...lists, ...others, blob]
}

async function answers({ url }: RunningRegistry): Promise<Answers> {
  const all = questions.map(async (path): Promise<[string, string]> => {
    const answer = await fetch(`${url}${path}`)
    return [path, `${answer.status} ${Buffer.from(await answer.arrayBuffer()).toString('latin1')}`]
  })
  return new Map(await Promise.all(all))
}

/** What came of a flip. */
interface Found {
  /** `fujie registry audit` names it. */
  readonly byAudit: boolean
  /** The registry does not start. */
  readonly atOpen: boolean
  /** Questions that are answered otherwise than they were, and no reader's own check finds out. */
  readonly wrong: readonly string[]
}

async function flip(source: string, file: string, bit: number, truth: Answers): Promise<Found> {
  const folder = await copyOf(source)
  const path = join(folder, file)
  const bytes = await readFile(path)
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
  await writeFile(path, bytes)
  return { byAudit: !(await audits(folder)), ...(await compared(folder, truth)) }
}

async function copyOf(source: string): Promise<string> {
  const folder = join(place, 'copy')
  await rm(folder, { recursive: true, force: true })
  await cp(source, folder, { recursive: true })
  return folder
}

/** What the registry answers once it has started on a copy of the folder. */
async function truthOf(source: string): Promise<Answers> {
  const registry = await open(await copyOf(source))
  return answers(registry).finally(() => registry.stop())
}

async function audits(folder: string): Promise<boolean> {
  const streams = { out: () => undefined, err: () => undefined, language: 'en' }
  return (await runCli(commands, ['registry', 'audit', folder, '--json'], streams)) === 0
}

function open(folder: string): Promise<RunningRegistry> {
  const intervals = { anchorInterval: 3_600, stampInterval: 3_600 }
  const config = { ...registryDefaults, ...intervals, folder, port: 0, origin: testOrigin }
  const firstPolicy = () => Promise.reject(new Error('a new log'))
  const clock = { now: () => time }
  return startRegistry(config, { clock, logKey: namedKey('log'), firstPolicy, halt: () => undefined })
}

async function compared(folder: string, truth: Answers): Promise<Omit<Found, 'byAudit'>> {
  let registry: RunningRegistry
  try {
    registry = await open(folder)
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'log.damaged' })
    return { atOpen: true, wrong: [] }
  }
  try {
    const now = await answers(registry)
    const differing = questions.filter((path) => now.get(path) !== truth.get(path))
    const wrong = []
    for (const path of differing) if (!(await isRefused(registry, path, now.get(path) ?? ''))) wrong.push(path)
    return { atOpen: false, wrong }
  } finally {
    await registry.stop()
  }
}

/** Whether a reader would not believe an answer: the server failed, or its proof does. */
async function isRefused({ log, logKeys }: RunningRegistry, path: string, answer: string): Promise<boolean> {
  if (answer.startsWith('5')) return true
  if (!path.startsWith('/proof/') || !answer.startsWith('200 ')) return false
  try {
    const bundle = parseProofBundleBytes(new Uint8Array(Buffer.from(answer.slice(4), 'latin1')))
    const trust = { log, origin: testOrigin, logKeys, maxEvidenceAge: 600, offlineGrace: 0, requireAnchor: false }
    return (
      !path.endsWith(encodeURIComponent(bundle.name)) ||
      (await judgeState(bundle, trust, undefined, time, path)).findings.length > 0
    )
  } catch {
    return true
  }
}

/** Bits of every file of a folder, the same each time. */
async function flipsOf(folder: string): Promise<readonly { readonly file: string; readonly bit: number }[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const draw = drawn(4)
  const flips = []
  for (const each of found.filter((one) => one.isFile())) {
    const path = join(each.parentPath, each.name)
    const { length } = await readFile(path)
    const count = basename(path).endsWith('.sqlite') ? flipsPerDatabase : flipsPerFile
    for (let i = 0; i < count; i++) flips.push({ file: relative(folder, path), bit: Math.floor(draw() * length * 8) })
  }
  return flips
}

describe('corruption/bit-flip-anywhere', () => {
  it(
    'finds every flipped bit that would change an answer, at the start, by an audit or by a proof',
    { timeout: 900_000 },
    async ({ task }) => {
      const tally = { flips: 0, atOpen: 0, byAudit: 0, harmless: 0 }
      const [believed, hidden]: [string[], string[]] = [[], []]
      expect(await audits(whole)).toBe(true)
      expect(await audits(staged)).toBe(true)
      for (const folder of [whole, staged]) {
        const truth = await truthOf(folder)
        for (const { file, bit } of await flipsOf(folder)) {
          const { byAudit, atOpen, wrong } = await flip(folder, file, bit, truth)
          tally.flips++
          if (atOpen) tally.atOpen++
          else if (byAudit) tally.byAudit++
          else if (wrong.length === 0) tally.harmless++
          const story = `${basename(folder)} ${file} ${bit}: ${wrong.join(' ')}`
          // The control: without the audit these would have been believed.
          if (wrong.length > 0) (byAudit ? hidden : believed).push(story)
        }
      }
      Object.assign(task.meta, {
        crash: {
          group: 'corruption/bit-flip-anywhere',
          ...{ cycles: tally.flips, lost: believed.length, forks: 0, duplicates: 0 },
          controlFailedAsItMust: hidden.length > 0,
        },
      })
      expect(believed).toEqual([])
      expect(tally.flips).toBeGreaterThan(100)
      for (const count of [tally.atOpen, tally.byAudit, tally.harmless]) expect(count).toBeGreaterThan(0)
      expect(hidden).not.toEqual([])
    },
  )
})
