import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSet, sets, type HostileCase, type SetName } from '../../tests/hostile/case.ts'
import type { Peer } from './peers.ts'
import { tokensOf, type Token } from './token.ts'

const folder = join(import.meta.dirname, '../../tests/hostile')

/** A short name of the whole corpus, so that what was made of it can be told to be of today. */
export function corpusDigest(): string {
  const hash = createHash('sha256')
  const files = globSync(`{${Object.keys(sets).join()},base}/**/*.json`, { cwd: folder })
  for (const file of files.map((each) => each.replaceAll('\\', '/')).sort())
    hash.update(`${file}\n`).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 16)
}

/** How one peer did over one set. */
export interface Tally {
  readonly set: SetName
  /** Cases whose defect it was shown. */
  readonly shown: number
  /** Of these, defects it does not set out to find. */
  readonly outside: number
  /** Of these, twins it refused too: its refusal of the case says nothing. */
  readonly unread: number
  /** Cases it could judge: it accepted the twin. */
  readonly judged: number
  /** Hostile inputs it accepted, by reason. */
  readonly accepted: readonly HostileCase[]
}

export async function tallyPeer(peer: Peer): Promise<readonly Tally[]> {
  const tallies = []
  for (const set of Object.keys(sets) as SetName[]) tallies.push(await tallySet(peer, set))
  return tallies.filter(({ shown }) => shown > 0)
}

async function tallySet(peer: Peer, set: SetName): Promise<Tally> {
  let [shown, unread, outside] = [0, 0, 0]
  const accepted: HostileCase[] = []
  for (const hostile of readSet(set)) {
    const pair = await shownTo(peer, hostile)
    if (pair === undefined) continue
    shown++
    if (!peer.scope.some((code) => hostile.expect.code.startsWith(code))) outside++
    else if (!(await accepts(peer, pair.good))) unread++
    else if (await accepts(peer, pair.bad)) accepted.push(hostile)
  }
  return { set, shown, outside, unread, judged: shown - outside - unread, accepted }
}

async function shownTo(peer: Peer, hostile: HostileCase): Promise<{ bad: Token; good: Token } | undefined> {
  const tokens = tokensOf(hostile)
  if (tokens === undefined || !peer.reads.includes(tokens.bad.kind)) return undefined
  if (peer.show === undefined) return tokens
  const [bad, good] = [await peer.show(tokens.bad), await peer.show(tokens.good)]
  const isSeen = bad !== undefined && good !== undefined && JSON.stringify(plain(bad)) !== JSON.stringify(plain(good))
  return isSeen ? { bad, good } : undefined
}

/** What a reader of the data model 1.1 has of it: no status list. */
function plain({ text, now, dids }: Token): unknown {
  return [text, now, [...dids]]
}

async function accepts(peer: Peer, token: Token): Promise<boolean> {
  try {
    return await peer.judge(token)
  } catch {
    return false
  }
}

/** The page. */
export function writeTable(results: readonly { readonly peer: Peer; readonly tallies: readonly Tally[] }[]): string {
  return [
    '# What others accept of the hostile corpus',
    '',
    'Made by `node scripts/run.mjs others`; nothing here is written by hand.',
    '',
    `Corpus \`${corpusDigest()}\`: ${countAll()} cases in \`tests/hostile\`, every one refused by this project with the expected code, every twin accepted (\`npm test -- --only hostile --json\`).`,
    '',
    'Each library was given every token of the corpus that it reads, at the time of the case, with the strictest options its documentation names. A case counts as judged only if the library accepts its twin: who refuses both may not read the token at all. Cases whose defect lies in what the library is not shown (the log, the question that was asked, other formats) are left out.',
    '',
    'Defects that a library does not set out to find are counted apart as not its task: disclosures for a JOSE library, who may issue what for all of them. Of the rest an accepted case is not always a defect of the library: some leave a check to their callers or have no option for it. It is always something that a caller of that library has to do. The last column leaves out what only this project’s own rules refuse (spelling, strict JSON, key headers, times that are no whole numbers).',
    '',
    '| Library | Set | Shown | Not its task | Twin refused too: cannot read | Judged (twin accepted) | Hostile inputs accepted | Of these refused by a public standard too |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...results.flatMap(({ peer, tallies }) => tallies.map((tally) => rowOf(peer, tally))),
    '',
    ...results.flatMap(({ peer, tallies }) => sectionOf(peer, tallies)),
  ].join('\n')
}

/** Whether the rule is not only ours: the project is stricter than the standards in spelling, JSON and key headers. */
function isOfStandard({ rule }: HostileCase): boolean {
  return /RFC|OpenID|SD-JWT VC|Token Status List|DID Core/.test(rule)
}

function countAll(): number {
  return (Object.keys(sets) as SetName[]).reduce((sum, set) => sum + readSet(set).length, 0)
}

function rowOf({ name, version }: Peer, { set, shown, outside, unread, judged, accepted }: Tally): string {
  return `| ${name} ${version} | ${set} | ${shown} | ${outside} | ${unread} | ${judged} | ${accepted.length} | ${accepted.filter(isOfStandard).length} |`
}

function sectionOf({ name, version, options }: Peer, tallies: readonly Tally[]): readonly string[] {
  const lines = tallies.flatMap(({ set, accepted }) =>
    accepted.map(({ reason, rule, expect }) => `- ${set}: ${reason} (\`${expect.code}\`; ${rule})`),
  )
  return [
    `## ${name} ${version}`,
    '',
    `Options: ${options}.`,
    '',
    ...(lines.length > 0 ? lines : ['Accepted none.']),
    '',
  ]
}
