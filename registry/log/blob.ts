import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { toHex } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { BlobStore } from './ports.ts'
import { verifyToken, type TokenPorts } from './token.ts'

const blobTokenType = 'fujie-blob+jws'

export interface BlobPorts extends TokenPorts {
  readonly blobs: BlobStore
}

/**
 * Keeps bytes that a record will name, for one who may sign such a record.
 *
 * `token` is a JWS `{sha256, exp}` whose `kid` is a key of an active DID of the log.
 *
 * @throws Fault `token.invalid`, `proof.invalid` if the bytes are others
 */
export async function keepBlob(ports: BlobPorts, name: string, bytes: Uint8Array, token: string): Promise<void> {
  const { claims } = await verifyToken(ports, token, blobTokenType)
  if (claims.sha256 !== name) throw new Fault('token.invalid')
  if (bytes.length > limits.blob || toHex(sha256(bytes)) !== name) throw new Fault('proof.invalid')
  if (!(await ports.blobs.has(name))) await ports.blobs.write(name, bytes)
}
