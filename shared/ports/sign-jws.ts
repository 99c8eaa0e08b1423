import { utf8 } from '../core/encoding/bytes.ts'
import type { Json } from '../core/encoding/json.ts'
import { formatSigningInput, joinJws } from '../core/crypto/jws.ts'
import type { Signer } from './signer.ts'

/** Signs a compact JWS; `alg` is the signer's and comes first in the header. */
export async function signJws(
  signer: Signer,
  header: Readonly<Record<string, Json | undefined>>,
  payload: Json | Uint8Array,
): Promise<string> {
  const input = formatSigningInput({ alg: signer.algorithm, ...header }, payload)
  return joinJws(input, await signer.sign(utf8(input)))
}
