import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { derSignature } from '../shared/core/crypto/der.ts'
import { holderKey } from '../shared/core/credential/holder-key.ts'
import type { Jws } from '../shared/core/crypto/jws.ts'
import type { PublicJwk } from '../shared/core/crypto/key.ts'
import { judgePresentation } from '../shared/core/presentation/judge.ts'
import { parsePresentation, type PresentationRequest } from '../shared/core/presentation/presentation.ts'
import { VerifiedCache } from '../shared/core/presentation/verified-cache.ts'
import { utf8 } from '../shared/core/encoding/bytes.ts'
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

  const raw = rawWork(world, answers)
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

/** The same signatures over the same bytes, and the same keys, with nothing around them. */
function rawWork(world: World, answers: readonly Answer[]): () => void {
  const issuer = importKey(world.issuer.signer().publicJwk)
  const tokens = answers.map(({ request, vpToken }) => {
    const credential = parsePresentation(request, vpToken).credentials[0]?.credential
    const holder = credential && holderKey(credential.claims)
    if (credential?.format !== 'dc+sd-jwt' || credential.keyBinding === undefined || holder === undefined)
      throw new Error('not bound')
    return { holder, parts: [credential.jws, credential.keyBinding].map(rawParts) }
  })
  let next = 0
  return () => {
    const { holder, parts } = tokens[next++ % guests] as (typeof tokens)[number]
    const [issued, bound] = parts as [Raw, Raw]
    const good = verify('sha256', issued.message, issuer, issued.signature)
    if (!good || !verify('sha256', bound.message, importKey(holder), bound.signature)) throw new Error('not verified')
  }
}

interface Raw {
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

function rawParts({ signedText, signature }: Jws): Raw {
  return { message: utf8(signedText), signature: derSignature(signature) }
}

const spki = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

/** The quickest way in there is: PEM. */
function importKey({ x, y = '' }: PublicJwk): KeyObject {
  const der = Buffer.concat([spki, Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64')
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----`)
}
