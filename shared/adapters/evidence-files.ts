import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOfText } from '../core/crypto/hash.ts'
import { utf8Text } from '../core/encoding/bytes.ts'
import { faultCode } from '../core/fault.ts'
import { formatEvidence, parseEvidence, type EvidenceItem, type EvidenceKind } from '../core/presentation/evidence.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import { syncFolder, writeSynced } from './durable-file.ts'

const ending = '.evidence'
const unfinished = '.new'

/** An item and the file that it lies in. */
interface Held {
  readonly item: EvidenceItem
  readonly file: string
}

/**
 * Evidence in a folder, with its age: one file for all that was put at once, so that it is there as a whole or not at
 * all. A file is written under another name, synchronised, renamed, and the folder synchronised; one that does not end
 * with its own digest is as good as not there, for lost evidence is gathered again and wrong evidence is not.
 *
 * @throws Fault `store.full` when something is put; what was put before stays
 */
export async function openEvidenceFiles(folder: string): Promise<EvidenceStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const held = await readAll(folder)
  let last: Promise<void> = Promise.resolve()
  return {
    find: (kind, name) => Promise.resolve(held.get(keyOf({ kind, name }))?.item),
    all: () => Promise.resolve([...held.values()].map(({ item }) => item)),
    put(items) {
      const done = last.then(() => keep(folder, held, items))
      last = done.catch(() => undefined)
      return done
    },
  }
}

function keyOf({ kind, name }: { readonly kind: EvidenceKind; readonly name: string }): string {
  return `${kind} ${name}`
}

async function readAll(folder: string): Promise<Map<string, Held>> {
  const held = new Map<string, Held>()
  // Sorted, so that of two files of one instant the same one counts at each start.
  for (const file of (await readdir(folder)).sort()) {
    if (file.endsWith(unfinished)) await rm(join(folder, file), { force: true })
    if (!file.endsWith(ending)) continue
    for (const item of await readParcel(join(folder, file))) {
      if (isNews(held, item)) held.set(keyOf(item), { item, file })
    }
  }
  return held
}

function isNews(held: ReadonlyMap<string, Held>, item: EvidenceItem): boolean {
  const known = held.get(keyOf(item))
  return known === undefined || known.item.fetchedAt <= item.fetchedAt
}

/** What a file holds; nothing where it is torn, altered or none of ours. */
async function readParcel(path: string): Promise<readonly EvidenceItem[]> {
  const [json = '', digest] = (utf8Text(await readFile(path)) ?? '').split('\n')
  if (digest !== digestOfText(json)) return []
  try {
    return parseEvidence(json).items
  } catch (thrown) {
    if (faultCode(thrown) === 'unexpected') throw thrown
    return []
  }
}

async function keep(folder: string, held: Map<string, Held>, items: readonly EvidenceItem[]): Promise<void> {
  const news = items.filter((item) => isNews(held, item))
  const [first] = news
  if (first === undefined) return
  const json = JSON.stringify(formatEvidence({ items: news }))
  const digest = digestOfText(json)
  const file = `${first.fetchedAt}-${digest}${ending}`
  await writeDurably(folder, file, `${json}\n${digest}\n`)
  const before = new Set(news.flatMap((item) => held.get(keyOf(item))?.file ?? []))
  for (const item of news) held.set(keyOf(item), { item, file })
  await removeSpent(folder, held, before)
}

/** A crash before the rename leaves an unfinished file, which the next start removes: nothing was put. */
async function writeDurably(folder: string, file: string, text: string): Promise<void> {
  const path = join(folder, file)
  await writeSynced(path + unfinished, text)
  await rename(path + unfinished, path)
  await syncFolder(folder)
}

/** A crash here leaves older files beside the new one: the newer item counts. */
async function removeSpent(
  folder: string,
  held: ReadonlyMap<string, Held>,
  before: ReadonlySet<string>,
): Promise<void> {
  const needed = new Set([...held.values()].map(({ file }) => file))
  for (const file of before) if (!needed.has(file)) await rm(join(folder, file), { force: true })
}
