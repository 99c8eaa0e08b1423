import { digestOfText } from '../crypto/hash.ts'
import { judgeJwsHeader, jwsClaims, parseJws, verifyJwsSignature, type Jws } from '../crypto/jws.ts'
import { parsePublicJwk, type PublicJwk } from '../crypto/key.ts'
import type { JsonObject } from '../encoding/json.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { suites, type SuiteName } from '../suites/known.ts'
import { prove, type Grounds } from '../trust/prove.ts'
import type { FindingCode } from '../verdict.ts'
import type { UnverifiedCredential } from './credential.ts'
import { formatOf } from './formats.ts'
import { secondKeyName, secondType } from './second.ts'

/**
 * Judges the second signatures that the policy demands of a credential: that there is one of each suite which signs
 * beside others, under a key that the issuer's DID document names today.
 */
export async function judgeSeconds(
  credential: UnverifiedCredential,
  seconds: readonly string[],
  grounds: Grounds,
): Promise<readonly FindingCode[]> {
  const demanded = suites.filter(({ name, sdJwt }) => sdJwt === undefined && grounds.policy.suites.includes(name))
  if (demanded.length === 0) return []
  // There is no form of a second signature beside an mdoc.
  if (credential.format === 'mso_mdoc') return ['credential.second_missing']
  const names = await namesOfSigner(credential, grounds)
  const hash = digestOfText(credential.jws.text)
  const read = seconds.flatMap((text) => readSecond(text) ?? [])
  const codes = demanded.map(async ({ name, algorithm }) => {
    const second = read.find(({ jws, claims }) => jws.header.alg === algorithm && claims.hash === hash)
    return second === undefined ? (['credential.second_missing'] as const) : judgeSecond(second.jws, name, names)
  })
  return (await Promise.all(codes)).flat()
}

interface Second {
  readonly jws: Jws
  readonly claims: JsonObject
}

/** What cannot be read signs nothing. */
function readSecond(text: string): Second | undefined {
  try {
    const jws = parseJws(text, { maxBytes: limits.second })
    return { jws, claims: jwsClaims(jws) }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'input') return undefined
    throw thrown
  }
}

async function judgeSecond(jws: Jws, suite: SuiteName, names: readonly string[]): Promise<readonly FindingCode[]> {
  const purpose = `suite:${suite}` as const
  const codes = judgeJwsHeader(jws, { types: [secondType], purpose, embeddedKey: true })
  const key = keyOf(jws, suite)
  if (key === undefined || !names.includes(secondKeyName(key))) return [...codes, 'issuer.key_unknown']
  return [...codes, ...(await verifyJwsSignature(jws, key, purpose))]
}

function keyOf({ header }: Jws, suite: SuiteName): PublicJwk | undefined {
  try {
    return parsePublicJwk(header.jwk, [suite])
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'input') return undefined
    throw thrown
  }
}

/** All that the DID document of a credential's signer says it is also known as; nothing, if the log does not know it. */
async function namesOfSigner(credential: UnverifiedCredential, grounds: Grounds): Promise<readonly string[]> {
  const { signer } = await formatOf(credential).readSigner(credential)
  if (signer?.did === undefined) return []
  const { state } = await prove('did_state', signer.did, grounds)
  const record = state?.record
  return record !== undefined && 'doc' in record.payload ? (record.payload.doc.alsoKnownAs ?? []) : []
}
