import { verify as verifyByPlatform, verifyBeside, type MaybePromise } from '#primitive'
import { suiteOfKey } from '../suites/known.ts'
import type { PublicJwk } from './key.ts'

/**
 * Verifies a signature in JOSE form and returns what is wrong with it: nothing, or `otherwise`. A message that is text
 * is signed as its UTF-8 bytes.
 *
 * Always await the answer. It is a list and not a yes or no, because a forgotten `await` before a boolean would
 * pass for true, while a promise cannot be spread into findings.
 */
export function verifySignature<F>(
  key: PublicJwk,
  message: Uint8Array | string,
  signature: Uint8Array,
  otherwise: F,
): readonly F[] | Promise<readonly F[]> {
  const good = verify(key, message, signature)
  return typeof good === 'boolean' ? (good ? [] : [otherwise]) : good.then((yes) => (yes ? [] : [otherwise]))
}

/** The same while the caller does something else, on another thread where there is one. */
export async function verifySignatureBeside<F>(
  key: PublicJwk,
  message: Uint8Array,
  signature: Uint8Array,
  otherwise: F,
): Promise<readonly F[]> {
  const good = suiteOfKey(key) ? await verify(key, message, signature) : await verifyBeside(key, message, signature)
  return good ? [] : [otherwise]
}

function verify(key: PublicJwk, message: Uint8Array, signature: Uint8Array): MaybePromise<boolean> {
  return (suiteOfKey(key)?.own?.verify ?? verifyByPlatform)(key, message, signature)
}
