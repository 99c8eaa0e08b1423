import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generatePrivateJwk, parsePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { isMissing } from './folder.ts'

/**
 * An Ed25519 key in a file that only its owner may read; made at first.
 *
 * @throws Fault `start.folder_not_writable`
 */
export async function keptKey(folder: string, name: string): Promise<Signer> {
  const path = join(folder, `${name}-key.jwk`)
  try {
    return signerOfJwk(parsePrivateJwk(await readFile(path, 'utf8')))
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  try {
    await mkdir(folder, { recursive: true })
    const jwk = generatePrivateJwk('Ed25519')
    await writeFile(path, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' })
    return signerOfJwk(jwk)
  } catch (cause) {
    throw new Fault('start.folder_not_writable', {}, { cause })
  }
}
