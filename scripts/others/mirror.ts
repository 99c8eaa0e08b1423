import { verifySignature } from '@fujie/shared/core/crypto/signature.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { b64, signDraft, type Members } from '../hostile/stage.ts'
import type { Token } from './token.ts'

const issuer = testSigner('police/k1')

/**
 * The same defect in a credential of the data model 1.1 as a JWT, for those who read no other: header and registered
 * claims as they are, our type and digests replaced by `vc`. Signed by the same key if that key had signed the original.
 *
 * Undefined where the defect lies in what such a credential does not have, or in how the token is spelled.
 */
export async function mirrorOf(token: Token): Promise<Token | undefined> {
  const [issued = ''] = token.text.split('~')
  const [head = '', body = '', signature = '', ...more] = issued.split('.')
  const [header, payload] = [jsonOf(head), jsonOf(body)]
  if (header === undefined || payload === undefined || more.length > 0) return undefined
  const bytes = new Uint8Array(Buffer.from(signature, 'base64url'))
  if (encodeBase64url(bytes) !== signature) return undefined
  const wrong = await verifySignature(issuer.publicJwk, utf8(`${head}.${body}`), bytes, 'wrong')
  const mirrored = { header: typed(header), payload: claimsOf(payload) }
  if (wrong.length === 0) return { ...token, text: await signDraft({ ...mirrored, signer: issuer }) }
  return {
    ...token,
    text: await signDraft({ ...mirrored, signer: testSigner('thief'), sign: (made) => likeLength(made, bytes) }),
  }
}

/** Ours is told apart by its type; theirs is called JWT. */
function typed(header: Members): Members {
  return header.typ === 'dc+sd-jwt' ? { ...header, typ: 'JWT' } : header
}

const notTheirs = ['vct', 'vct#integrity', '_sd', '_sd_alg', 'status', 'cnf', 'sample', 'issuing_authority']

function claimsOf(payload: Members): Members {
  const kept = Object.entries(payload).filter(([name]) => !notTheirs.includes(name))
  const vc = {
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    type: ['VerifiableCredential'],
    credentialSubject: { name: 'guest' },
  }
  const nbf = payload.nbf ?? payload.iat
  return { ...Object.fromEntries(kept), sub: 'did:web:guest.example', vc, ...(nbf === undefined ? {} : { nbf }) }
}

/** A signature of no key of theirs, as long as the one that was there. */
function likeLength(made: Uint8Array, there: Uint8Array): Uint8Array {
  return there.length === made.length ? made : there
}

/** Undefined if the text says more than its members do, as one with a member twice. */
function jsonOf(text: string): Members | undefined {
  try {
    const json = JSON.parse(Buffer.from(text, 'base64url').toString()) as Members | null
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    return isObject && b64(JSON.stringify(json)) === text ? json : undefined
  } catch {
    return undefined
  }
}
