import { verify as verifyByPlatform, verifyBeside, type MaybePromise } from '#primitive'
import { utf8 } from '../encoding/bytes.ts'
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
  return typeof good === 'boolean' ? found(good, otherwise) : good.then((yes) => found(yes, otherwise))
}

function found<F>(good: boolean, otherwise: F): readonly F[] {
  return good ? [] : [otherwise]
}

/** The same while the caller does something else, on another thread where there is one. */
export async function verifySignatureBeside<F>(
  key: PublicJwk,
  message: Uint8Array,
  signature: Uint8Array,
  otherwise: F,
): Promise<readonly F[]> {
  const good = suiteOfKey(key) ? await verify(key, message, signature) : await verifyBeside(key, message, signature)
  return found(good, otherwise)
}

/** By a suite's own code where it has any. */
function verify(key: PublicJwk, message: Uint8Array | string, signature: Uint8Array): MaybePromise<boolean> {
  const own = suiteOfKey(key)?.own
  if (own === undefined) return verifyByPlatform(key, message, signature)
  return own.verify(key, typeof message === 'string' ? utf8(message) : message, signature)
}
