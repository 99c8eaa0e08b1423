import { readFile, rename, writeFile } from 'node:fs/promises'
import { parsePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import type { AgreementKey } from '@fujie/shared/core/crypto/jwe.ts'
import { parsePublicJwk, type PublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { isJsonArray, jsonObject, parseJsonObject, type Json } from '@fujie/shared/core/encoding/json.ts'
import { Fault, within } from '@fujie/shared/core/fault.ts'
import { isInstant, type Instant } from '@fujie/shared/core/instant.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'

/** @throws Fault `not_found`, `request.malformed` for what is no text */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Fault('not_found', { file }, { cause })
  })
  const text = utf8Text(bytes)
  if (text === undefined) throw new Fault('request.malformed', { file })
  return text
}

/** A reader finds the old text or the new one. @throws Fault `not_found` where the folder is not there */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(`${file}.new`, text, { mode: 0o600 })
    await rename(`${file}.new`, file)
  } catch (cause) {
    throw new Fault('not_found', { file }, { cause })
  }
}

/** Seconds since 1970, or a date and time with its zone (RFC 3339). */
export function parseInstant(text: string): Instant {
  const isDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/.test(text)
  const value = /^\d+$/.test(text) ? Number(text) : isDate ? Date.parse(text) / 1000 : Number.NaN
  if (!isInstant(value)) throw new Fault('request.malformed', { argument: 'at' })
  return value
}

const keyBounds = { string: 16 * 1024 }

/** A key that signs and the name it goes by in a token's header. */
export interface NamedSigner {
  readonly signer: Signer
  readonly header: Readonly<Record<string, Json>>
}

/**
 * Reads a private JWK that names itself: with `x5c`, its certificates, or else with `kid`, a DID URL.
 *
 * @throws Fault `not_found`, `key.unsupported`, `request.malformed`
 */
export async function readNamedSigner(file: string): Promise<NamedSigner> {
  const text = await readText(file)
  const { x5c, kid } = within('request.malformed', () => parseJsonObject(text, keyBounds))
  const header = isJsonArray(x5c) ? { x5c } : typeof kid === 'string' ? { kid } : undefined
  if (header === undefined) throw new Fault('key.unsupported', { reason: 'neither x5c nor kid' })
  const { kty, crv, x, y, d } = parseJsonObject(text, keyBounds)
  return { signer: signerOfJwk(parsePrivateJwk(JSON.stringify({ kty, crv, x, y, d }))), header }
}

/** @throws Fault `not_found`, `key.unsupported`, `request.malformed` */
export async function readPublicKey(file: string): Promise<PublicJwk> {
  const text = await readText(file)
  const { kty, crv, x, y } = within('request.malformed', () => parseJsonObject(text, keyBounds))
  return parsePublicJwk(jsonObject({ kty, crv, x, y }))
}

/** A private key to which something was encrypted. @throws Fault `not_found`, `key.unsupported`, `request.malformed` */
export async function readAgreementKey(file: string): Promise<AgreementKey> {
  const text = await readText(file)
  return within('request.malformed', () => parsePrivateJwk(text))
}
