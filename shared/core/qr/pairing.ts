import type { PublicJwk } from '../crypto/key.ts'
import { verifySignature } from '../crypto/signature.ts'
import { createIdOf } from '../did/fujie-id.ts'
import { decodeBase64url, encodeBase64url, isBase64urlOf } from '../encoding/base64url.ts'
import { Fault } from '../fault.ts'
import type { Instant } from '../instant.ts'

/*
 * How a thing gets an owner: two codes shown to one another, without any server between them. The thing shows the key
 * it will sign with; the owner answers with the recovery key that the thing's DID is to promise. Whoever has that key
 * can end the thing's DID or give it to another owner, and finds it in the registry by that key alone.
 */

/** What a device shows to the one who is to own it. */
export interface DeviceGreeting {
  /** Thumbprint of the key that will stand in its document. */
  readonly key: string
  /** 16 bytes, base64url: the answer is for this showing alone. */
  readonly nonce: string
  readonly name: string
}

/** What the owner answers, signed by a key of the owner's DID. */
export interface OwnerAnswer {
  readonly owner: string
  /** Id of the signing key in the owner's document. */
  readonly keyId: string
  /** Thumbprint of the recovery key to promise. */
  readonly recovery: string
  readonly expires: Instant
  readonly signature: Uint8Array
}

const greetingPrefix = 'fujie://device?'
const answerPrefix = 'fujie://owner?'
const mostText = 1_024
const keyIdForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/
const numberForm = /^[1-9][0-9]{0,11}$/

export function isPairing(text: string): boolean {
  return text.startsWith(greetingPrefix) || text.startsWith(answerPrefix)
}

export function formatGreeting({ key, nonce, name }: DeviceGreeting): string {
  return `${greetingPrefix}k=${key}&n=${nonce}&t=${encodeURIComponent(name)}`
}

/** @throws Fault `pairing.malformed` */
export function parseGreeting(text: string): DeviceGreeting {
  const { k: key = '', n: nonce = '', t: name = '' } = membersOf(text, greetingPrefix, ['k', 'n', 't'])
  if (!isBase64urlOf(key, 32) || !isBase64urlOf(nonce, 16)) malformed('key or nonce')
  if (name === '' || name.length > 80) malformed('name')
  return { key, nonce, name }
}

export function formatOwnerAnswer({ owner, keyId, recovery, expires, signature }: OwnerAnswer): string {
  return `${answerPrefix}d=${owner}&k=${keyId}&r=${recovery}&e=${expires}&s=${encodeBase64url(signature)}`
}

/** @throws Fault `pairing.malformed` */
export function parseOwnerAnswer(text: string): OwnerAnswer {
  const members = membersOf(text, answerPrefix, ['d', 'k', 'r', 'e', 's'])
  const { d: owner = '', k: keyId = '', r: recovery = '', e: expires = '', s = '' } = members
  const signature = decodeBase64url(s)
  if (createIdOf(owner) === undefined || !keyIdForm.test(keyId)) malformed('owner')
  if (!isBase64urlOf(recovery, 32) || !numberForm.test(expires)) malformed('recovery or end')
  if (signature?.length !== 64) malformed('signature')
  return { owner, keyId, recovery, expires: Number(expires), signature }
}

/** What the owner signs: the answer, and the greeting it answers. */
export function ownerAnswerText(
  { owner, keyId, recovery, expires }: Omit<OwnerAnswer, 'signature'>,
  { key, nonce }: Pick<DeviceGreeting, 'key' | 'nonce'>,
): string {
  return `fujie/owner/v1\n${owner}#${keyId}\n${key}\n${nonce}\n${recovery}\n${expires}\n`
}

/**
 * Whether an answer was made for this greeting by this key of the owner.
 *
 * Always await the findings; an empty list is the only yes.
 */
export async function verifyOwnerAnswer(
  answer: OwnerAnswer,
  greeting: Pick<DeviceGreeting, 'key' | 'nonce'>,
  key: PublicJwk,
): Promise<readonly 'proof.invalid'[]> {
  return verifySignature(key, ownerAnswerText(answer, greeting), answer.signature, 'proof.invalid' as const)
}

/** Exactly the named members, each once. */
function membersOf(text: string, prefix: string, names: readonly string[]): Partial<Record<string, string>> {
  if (text.length > mostText || !text.startsWith(prefix)) malformed('prefix')
  const parameters = [...new URLSearchParams(text.slice(prefix.length))]
  const found = Object.fromEntries(parameters)
  if (parameters.length !== names.length || names.some((name) => found[name] === undefined)) malformed('members')
  return found
}

function malformed(reason: string): never {
  throw new Fault('pairing.malformed', { reason })
}
