import { worldOfLicences } from '../tests/fixtures/mdoc.ts'
import { World } from '../tests/fixtures/world.ts'
import { measure, type Work } from './measure.ts'
import { makeRow, type Row } from './row.ts'
import { judgedInBrowser } from './verify/browser.ts'
import { answersAt, checkAt, rawAnswers, rawCold } from './verify/counter.ts'
import { issueTen, issueTenByPeer, rawTen } from './verify/issue.ts'
import { judgeLicences, mdocByPeer, rawLicences, showLicences } from './verify/mdoc.ts'
import { installed, sdJwtVc } from './verify/peers.ts'
import { judgeCards, rawCards, showCards, type Shown } from './verify/sd-jwt.ts'
import { keptOfMillion, millionToken, openMillion, rawMillion } from './verify/status.ts'
import { judgedBy } from './verify/threads.ts'
import { judgeVcs, makeVcs, rawVcs, vcByDidJwt, vcByDidJwtVc, vcByJose, vcByVeramo } from './verify/vc-jwt.ts'

/**
 * Judging, on one thread but where it says otherwise: processor time of one call, beside what nobody can do without and
 * beside others on the same input, all in one run. The limit of a row is the work of its signatures alone.
 */
export async function* rows(): AsyncIterable<Row> {
  const world = await World.make()
  yield* vcRows(world)
  yield* sdJwtRows(world)
  yield* counterRows(world)
  yield* mdocRows()
  yield* statusRows()
  yield await row('issue-10', { ours: issueTen(), limit: rawTen() }, { '@sd-jwt/sd-jwt-vc': issueTenByPeer })
  yield await threadsRow()
}

async function* vcRows(world: World): AsyncIterable<Row> {
  const tokens = await makeVcs()
  const peers = {
    jose: () => vcByJose(tokens),
    'did-jwt': () => vcByDidJwt(tokens),
    'did-jwt-vc': () => vcByDidJwtVc(tokens),
    Veramo: () => vcByVeramo(tokens),
  }
  yield await row('vc-jwt', { ours: judgeVcs(tokens, world.policy()), limit: rawVcs(tokens) }, peers)
}

async function* sdJwtRows(world: World): AsyncIterable<Row> {
  for (const disclosures of [10, 40]) {
    const shown = await showCards(disclosures)
    const subjects = { ours: judgeCards(shown, world.policy()), limit: rawCards(shown) }
    yield await row(`sd-jwt-kb-${disclosures}`, subjects, { '@sd-jwt/sd-jwt-vc': () => sdJwtVc(shown) })
    if (disclosures === 10) yield* browserRow(shown, world)
  }
}

async function* browserRow(shown: readonly Shown[], world: World): AsyncIterable<Row> {
  const ours = await judgedInBrowser(shown, world.policy())
  if (ours === undefined) return
  yield makeRow({ bench: 'verify', row: 'browser-sd-jwt-kb-10', unit: 'µs', better: 'less', ours, limit: 300 })
}

async function* counterRows(world: World): AsyncIterable<Row> {
  const answers = await answersAt(world)
  yield await row('counter-warm', { ours: checkAt(world, answers, true), limit: rawAnswers(world, answers) })
  yield await row('counter-cold', { ours: checkAt(world, answers, false), limit: rawCold(world, answers) })
}

async function* mdocRows(): AsyncIterable<Row> {
  const world = await worldOfLicences()
  const shown = await showLicences(world)
  const subjects = { ours: judgeLicences(world, shown), limit: rawLicences(shown) }
  yield await row('mdoc', subjects, { '@owf/mdoc': () => mdocByPeer(world, shown) })
}

async function* statusRows(): AsyncIterable<Row> {
  const token = await millionToken()
  yield await row('status-1m', { ours: openMillion(token), limit: rawMillion(token) })
  const ours = await keptOfMillion(token)
  yield makeRow({ bench: 'verify', row: 'status-1m-held', unit: 'KiB', better: 'less', ours, limit: 160 })
}

async function row(
  name: string,
  subjects: { readonly ours: Work; readonly limit: Work },
  peers: Readonly<Record<string, () => Work>> = {},
): Promise<Row> {
  const { ours, limit } = await measure(subjects)
  // By themselves, so that nobody clears away what another left.
  const others = await measure(installed(peers))
  return makeRow({ bench: 'verify', row: name, unit: 'µs', better: 'less', ours, limit, peers: others })
}

/** Two threads beside twice what one does. */
async function threadsRow(): Promise<Row> {
  const one = await judgedBy(1)
  const ours = await judgedBy(2)
  return makeRow({ bench: 'verify', row: 'two-threads', unit: '1/s', better: 'more', ours, limit: 2 * one })
}
