/** What both forms of `#primitive` offer: synchronous where the platform is, so callers always await what may be a promise. */

export interface VerifiableKey {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly y?: string
}

export type MaybePromise<T> = T | Promise<T>

/** SHA-256; always synchronous. */
export function sha256(bytes: Uint8Array): Uint8Array

/** SHA-256 of the UTF-8 bytes of a text, base64url; always synchronous. */
export function sha256Text(text: string): string

/** A hash by its name at the platform, where the platform has it; undefined elsewhere. Synchronous. */
export function platformHash(name: 'sm3', bytes: Uint8Array): Uint8Array | undefined

/**
 * The bytes of unpadded base64url, if `text` is the one spelling of them; synchronous. No more than what a platform
 * reads and writes back to the letter: platforms are lax about blanks, padding, tail bits and foreign letters.
 */
export function fromBase64url(text: string): Uint8Array | undefined

/** The same as text; undefined too if the bytes are not UTF-8 or begin with a byte order mark. */
export function base64urlText(text: string): string | undefined

/** Unpadded base64url of bytes, or of a text's UTF-8 bytes; synchronous. */
export function toBase64url(given: Uint8Array | string): string

/** Whether a JOSE signature (r‖s, or Ed25519) is good; a text is its UTF-8 bytes. False too for keys that are no point. */
export function verify(key: VerifiableKey, message: Uint8Array | string, signature: Uint8Array): MaybePromise<boolean>

/** The same on another thread where there is one: for who has many at once and something else to do meanwhile. */
export function verifyBeside(key: VerifiableKey, message: Uint8Array, signature: Uint8Array): Promise<boolean>

/** Whether an RSA signature (PKCS #1 v1.5) is good under a SubjectPublicKeyInfo; of certificates, so rarely asked. */
export function verifyRsa(
  spki: Uint8Array,
  hash: 'SHA-256' | 'SHA-384' | 'SHA-512',
  message: Uint8Array,
  signature: Uint8Array,
): MaybePromise<boolean>

/** HKDF with SHA-256 (RFC 5869); synchronous. */
export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array

/** HMAC with SHA-256 (RFC 2104); synchronous. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array

/** AES-GCM with a 16-byte tag behind the ciphertext; key of 16 or 32 bytes. */
export function sealAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): MaybePromise<Uint8Array>

/** The plaintext, or undefined if the tag does not fit. */
export function openAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array,
): MaybePromise<Uint8Array | undefined>

/** X25519 of raw 32-byte keys (RFC 7748); undefined for a low-order point. Synchronous. */
export function x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined

/** The public X25519 key of a private one. */
export function x25519Public(privateKey: Uint8Array): Uint8Array

/** Inflates up to `limit` bytes and stops there; undefined if there are more, the stream is broken or something stands behind it. */
export function inflate(bytes: Uint8Array, limit: number, form: 'zlib' | 'raw'): MaybePromise<Uint8Array | undefined>

export function deflate(bytes: Uint8Array, form: 'zlib' | 'raw'): MaybePromise<Uint8Array>
