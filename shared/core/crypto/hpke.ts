import { hmacSha256, openAesGcm, sealAesGcm, x25519, x25519Public } from '#primitive'
import { concatBytes, uintBytes, utf8 } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'

/**
 * HPKE in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-128-GCM (RFC 9180), one message a seal.
 *
 * A sealed text is enc (32 bytes) ‖ ciphertext ‖ tag (16).
 */
const kemId = 0x0020
const kdfId = 0x0001
const aeadId = 0x0001

const version = utf8('HPKE-v1')
const kemSuite = concatBytes(utf8('KEM'), uintBytes(kemId, 2))
const suite = concatBytes(utf8('HPKE'), uintBytes(kemId, 2), uintBytes(kdfId, 2), uintBytes(aeadId, 2))
const nothing = new Uint8Array()
const encLength = 32
const tagLength = 16
const baseMode = 0

/** Opens a sealed text; undefined if it was not sealed for this key with this `info` and `aad`. */
export async function openHpke(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array = nothing,
): Promise<Uint8Array | undefined> {
  if (sealed.length < encLength + tagLength) return undefined
  const enc = sealed.slice(0, encLength)
  const dh = x25519(privateKey, enc)
  if (dh === undefined) return undefined
  const { key, nonce } = schedule(sharedSecret(dh, enc, x25519Public(privateKey)), info)
  return openAesGcm(key, nonce, sealed.slice(encLength), aad)
}

/**
 * Seals with an ephemeral private key, which is drawn by the encrypter and used once.
 *
 * @throws Fault `key.unsupported` for a recipient of low order
 */
export async function sealHpkeWith(
  ephemeral: Uint8Array,
  recipient: Uint8Array,
  plaintext: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array = nothing,
): Promise<Uint8Array> {
  const enc = x25519Public(ephemeral)
  const dh = x25519(ephemeral, recipient)
  if (dh === undefined) throw new Fault('key.unsupported', { reason: 'low order' })
  const { key, nonce } = schedule(sharedSecret(dh, enc, recipient), info)
  return concatBytes(enc, await sealAesGcm(key, nonce, plaintext, aad))
}

/** RFC 9180, 4.1: ExtractAndExpand. */
function sharedSecret(dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  const secret = labeledExtract(kemSuite, nothing, 'eae_prk', dh)
  return labeledExpand(kemSuite, secret, 'shared_secret', concatBytes(enc, recipient), 32)
}

/** RFC 9180, 5.1: the key schedule without a pre-shared key; the first nonce is the base nonce. */
function schedule(shared: Uint8Array, info: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const context = concatBytes(
    Uint8Array.of(baseMode),
    labeledExtract(suite, nothing, 'psk_id_hash', nothing),
    labeledExtract(suite, nothing, 'info_hash', info),
  )
  const secret = labeledExtract(suite, shared, 'secret', nothing)
  return {
    key: labeledExpand(suite, secret, 'key', context, 16),
    nonce: labeledExpand(suite, secret, 'base_nonce', context, 12),
  }
}

function labeledExtract(suiteId: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array {
  return hmacSha256(salt, concatBytes(version, suiteId, utf8(label), ikm))
}

/** One block of HKDF-Expand is enough for 32 bytes and less. */
function labeledExpand(
  suiteId: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const labeled = concatBytes(uintBytes(length, 2), version, suiteId, utf8(label), info)
  return hmacSha256(prk, concatBytes(labeled, Uint8Array.of(1))).slice(0, length)
}
