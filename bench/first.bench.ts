import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { derSignature } from '../shared/core/crypto/der.ts'
import type { PublicJwk } from '../shared/core/crypto/key.ts'
import { judgePresentation } from '../shared/core/presentation/judge.ts'
import { parsePresentation, type PresentationRequest } from '../shared/core/presentation/presentation.ts'
import { VerifiedCache } from '../shared/core/presentation/verified-cache.ts'
import type { JsonObject } from '../shared/core/encoding/json.ts'
import { testSigner } from '../tests/fixtures/party.ts'
import { World } from '../tests/fixtures/world.ts'
import { measure } from './measure.ts'
import { makeRow, type Row } from './row.ts'

/** More holders than the platform keeps keys of: each guest's key is met for the first time, as at a desk. */
const guests = 2_200

interface Answer {
  readonly request: PresentationRequest
  readonly vpToken: JsonObject
}

/**
 * One whole counter check on one thread, all that is of the issuer known from checks before: parse, credential
 * signature, key binding, status, issuer state, accreditation, type, query, verdict.
 *
 * Its limit is what nobody can do without: two verifications and the import of the guest's key.
 */
export async function* rows(): AsyncIterable<Row> {
  const world = await World.make()
  const answers = await answersOf(world)
  const [evidence, policy, cache] = [world.evidence(), world.policy(), new VerifiedCache()]
  let next = 0

  async function check(): Promise<void> {
    const { request, vpToken } = answers[next++ % guests] as Answer
    const { outcome } = await judgePresentation(parsePresentation(request, vpToken), evidence, policy, world.now, cache)
    if (outcome !== 'accepted') throw new Error(`a good guest was ${outcome}`)
  }

  const raw = await rawWork(world)
  const { ours, limit } = await measure({ ours: check, limit: raw })
  yield makeRow({ bench: 'first', row: 'counter-warm', unit: 'µs', better: 'less', ours, limit })
}

async function answersOf(world: World): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let i = 0; i < guests; i++) {
    const holder = testSigner(`guest ${i}`)
    const credential = await world.issue({ holder, index: i })
    const presentation = await world.present(credential, { holder, nonce: `nonce ${i}` })
    const tokens = presentation.credentials.map((each) => each.credential.text)
    answers.push({ request: presentation.request, vpToken: { guest: tokens } })
  }
  return answers
}

/** The same two signatures over the same number of bytes, and an import, with nothing around them. */
async function rawWork(world: World): Promise<() => void> {
  const presentation = await world.present(await world.issue())
  const credential = presentation.credentials[0]?.credential
  if (credential?.keyBinding === undefined) throw new Error('not bound')
  const [issuer, holder] = [importKey(world.issuer.signer().publicJwk), world.holder.publicJwk]
  const { jws, keyBinding } = credential
  const [first, second] = [derSignature(jws.signature), derSignature(keyBinding.signature)]
  return () => {
    const good = verify('sha256', jws.signingInput, issuer, first)
    if (!good || !verify('sha256', keyBinding.signingInput, importKey(holder), second)) throw new Error('not verified')
  }
}

function importKey({ kty, crv, x, y = '' }: PublicJwk): KeyObject {
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })
}
