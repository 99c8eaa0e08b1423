import { verify, type KeyObject } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { holderKey } from '../../shared/core/credential/holder-key.ts'
import { parseJws } from '../../shared/core/crypto/jws.ts'
import { utf8Text } from '../../shared/core/encoding/bytes.ts'
import type { JsonObject } from '../../shared/core/encoding/json.ts'
import { limits } from '../../shared/core/limits.ts'
import { noteMessage, noteTypes, parseNote, parseVerifierKey } from '../../shared/core/log/note.ts'
import { judgePresentation } from '../../shared/core/presentation/judge.ts'
import { parsePresentation, type PresentationRequest } from '../../shared/core/presentation/presentation.ts'
import { VerifiedCache } from '../../shared/core/presentation/verified-cache.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import type { World } from '../../tests/fixtures/world.ts'
import type { Work } from '../measure.ts'
import { importEd25519, importRaw, inTurn, rawSignature, verifyRaw } from './raw.ts'
import { holders } from './sd-jwt.ts'
import { packedList } from './status.ts'

/** What a guest's wallet answered, beside what the counter had asked. */
interface Answer {
  readonly request: PresentationRequest
  readonly vpToken: JsonObject
}

export async function answersAt(world: World): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let i = 0; i < holders; i++) {
    const holder = testSigner(`guest ${i}`)
    const credential = await world.issue({ holder, index: i })
    const { request, credentials } = await world.present(credential, { holder, nonce: `nonce ${i}` })
    answers.push({ request, vpToken: { guest: credentials.map((each) => each.credential.text) } })
  }
  return answers
}

/**
 * One whole counter check: parse, credential signature, key binding, status, issuer's state, accreditation, type, query,
 * verdict. Warm: what is of the issuer was proven at checks before. Cold: nothing was.
 */
export function checkAt(world: World, answers: readonly Answer[], isWarm: boolean): Work {
  const [evidence, policy, next] = [world.evidence(), world.policy(), inTurn(answers)]
  const kept = new VerifiedCache()
  return async () => {
    const { request, vpToken } = next()
    const cache = isWarm ? kept : new VerifiedCache()
    const { outcome } = await judgePresentation(parsePresentation(request, vpToken), evidence, policy, world.now, cache)
    if (outcome !== 'accepted') throw new Error(`a good guest was ${outcome}`)
  }
}

/** The signatures over the answers with nothing around them, and the import of each guest's key. */
export function rawAnswers(world: World, answers: readonly Answer[]): Work {
  const issuer = importRaw(world.issuer.signer().publicJwk)
  const next = inTurn(answers.map(signaturesOf))
  return () => {
    const { holder, issued, bound } = next()
    verifyRaw(issued, issuer)
    verifyRaw(bound, importRaw(holder))
  }
}

function signaturesOf({ request, vpToken }: Answer) {
  const credential = parsePresentation(request, vpToken).credentials[0]?.credential
  const holder = credential && holderKey(credential.claims)
  if (credential?.format !== 'dc+sd-jwt' || credential.keyBinding === undefined || holder === undefined)
    throw new Error('not bound')
  return { holder, issued: rawSignature(credential.jws), bound: rawSignature(credential.keyBinding) }
}

/** The same, what else is signed where nothing is known, the status list and the log's head, and inflating the list. */
export function rawCold(world: World, answers: readonly Answer[]): Work {
  const warm = rawAnswers(world, answers)
  const token = parseJws(utf8Text(world.statusToken) ?? '', { maxBytes: 2 * limits.statusListPacked })
  const status = rawSignature(token)
  const issuer = importRaw(world.issuer.signer().publicJwk)
  const notes = signaturesOfHead(world)
  const packed = packedList(token)
  return () => {
    warm()
    verifyRaw(status, issuer)
    inflateSync(packed)
    for (const { message, key, signature } of notes)
      if (!verify(null, message, key, signature)) throw new Error('not verified')
  }
}

interface HeadSignature {
  readonly message: Uint8Array
  readonly key: KeyObject
  readonly signature: Uint8Array
}

function signaturesOfHead(world: World): readonly HeadSignature[] {
  const { text, signatures } = parseNote(world.log.note)
  return world.log.logKeys.map(parseVerifierKey).map(({ keyId, type, jwk }) => {
    const line = signatures.find((each) => each.keyId === keyId)
    if (line === undefined) throw new Error(`no signature by ${keyId}`)
    const key = importEd25519(jwk)
    const isPlain = type === noteTypes.ed25519
    const time = isPlain ? 0 : Number(Buffer.from(line.signature.subarray(0, 8)).readBigUInt64BE())
    return {
      key,
      message: noteMessage(text, type, time),
      signature: isPlain ? line.signature : line.signature.subarray(8),
    }
  })
}
