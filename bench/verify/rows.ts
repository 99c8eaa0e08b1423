import { worldOfLicences } from '../../tests/fixtures/mdoc.ts'
import { World } from '../../tests/fixtures/world.ts'
import { measureRounds, type Work } from '../measure.ts'
import { makeRow, makeRowOfRounds, type Row } from '../row.ts'
import { judgedInBrowser } from './browser.ts'
import { answersAt, checkAt, rawAnswers, rawCold } from './counter.ts'
import { issueTen, issueTenByPeer, rawTen } from './issue.ts'
import { judgeLicences, mdocByPeer, rawLicences, showLicences } from './mdoc.ts'
import { installed, sdJwtVc } from './peers.ts'
import { judgeCards, rawCards, showCards } from './sd-jwt.ts'
import { keptOfMillion, millionToken, openMillion, rawMillion } from './status.ts'
import { judgedBy } from './threads.ts'
import { judgeVcs, makeVcs, rawVcs, vcByDidJwt, vcByDidJwtVc, vcByJose, vcByVeramo } from './vc-jwt.ts'

/** How each row is taken; undefined where it cannot be here. */
export const verifyRows: Readonly<Record<string, () => Promise<Row | undefined>>> = {
  'vc-jwt': vcRow,
  'sd-jwt-kb-10': () => sdJwtRow('sd-jwt-kb-10', 10),
  'browser-sd-jwt-kb-10': browserRow,
  'sd-jwt-kb-40': () => sdJwtRow('sd-jwt-kb-40', 40),
  'counter-warm': warmRow,
  'counter-cold': coldRow,
  mdoc: mdocRow,
  'status-1m': statusRow,
  'status-1m-held': heldRow,
  'issue-10': () => row('issue-10', { ours: issueTen(), limit: rawTen() }, { '@sd-jwt/sd-jwt-vc': issueTenByPeer }),
  'two-threads': threadsRow,
}

async function vcRow(): Promise<Row> {
  const world = await World.make()
  const tokens = await makeVcs()
  const peers = {
    jose: () => vcByJose(tokens),
    'did-jwt': () => vcByDidJwt(tokens),
    'did-jwt-vc': () => vcByDidJwtVc(tokens),
    Veramo: () => vcByVeramo(tokens),
  }
  return row('vc-jwt', { ours: judgeVcs(tokens, world.policy()), limit: rawVcs(tokens) }, peers)
}

async function sdJwtRow(name: string, disclosures: number): Promise<Row> {
  const world = await World.make()
  const shown = await showCards(disclosures)
  const subjects = { ours: judgeCards(shown, world.policy()), limit: rawCards(shown) }
  return row(name, subjects, { '@sd-jwt/sd-jwt-vc': () => sdJwtVc(shown) })
}

async function browserRow(): Promise<Row | undefined> {
  const world = await World.make()
  const ours = await judgedInBrowser(await showCards(10), world.policy())
  if (ours === undefined) return undefined
  return makeRow({ bench: 'verify', row: 'browser-sd-jwt-kb-10', unit: 'µs', better: 'less', ours, limit: 300 })
}

async function warmRow(): Promise<Row> {
  const world = await World.make()
  const answers = await answersAt(world)
  return row('counter-warm', { ours: checkAt(world, answers, true), limit: rawAnswers(world, answers) })
}

async function coldRow(): Promise<Row> {
  const world = await World.make()
  const answers = await answersAt(world)
  return row('counter-cold', { ours: checkAt(world, answers, false), limit: rawCold(world, answers) })
}

async function mdocRow(): Promise<Row> {
  const world = await worldOfLicences()
  const shown = await showLicences(world)
  const subjects = { ours: judgeLicences(world, shown), limit: rawLicences(shown) }
  return row('mdoc', subjects, { '@owf/mdoc': () => mdocByPeer(world, shown) })
}

async function statusRow(): Promise<Row> {
  const token = await millionToken()
  return row('status-1m', { ours: openMillion(token), limit: rawMillion(token) })
}

async function heldRow(): Promise<Row> {
  const ours = await keptOfMillion(await millionToken())
  return makeRow({ bench: 'verify', row: 'status-1m-held', unit: 'KiB', better: 'less', ours, limit: 160 })
}

/** Two threads beside twice what one does, by turns. */
async function threadsRow(): Promise<Row> {
  const ours: number[] = []
  const limit: number[] = []
  for (let round = 0; round < 5; round++) {
    limit.push(2 * (await judgedBy(1)))
    ours.push(await judgedBy(2))
  }
  return makeRowOfRounds({ bench: 'verify', row: 'two-threads', unit: '1/s', better: 'more', ours, limit })
}

/** Ours, the limit and the others by turns. */
async function row(
  name: string,
  subjects: { readonly ours: Work; readonly limit: Work },
  peers: Readonly<Record<string, () => Work>> = {},
): Promise<Row> {
  const { ours, limit, ...others } = await measureRounds<string>({ ...subjects, ...installed(peers) })
  return makeRowOfRounds({
    ...{ bench: 'verify', row: name, unit: 'µs', better: 'less' },
    ...{ ours: ours as number[], limit: limit as number[], peers: others },
  })
}
