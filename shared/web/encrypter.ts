import { CompactEncrypt, importJWK, type CompactJWEHeaderParameters } from 'jose'
import { sealHpkeWith } from '../core/crypto/hpke.ts'
import { jwkMembers, type PublicJwk } from '../core/crypto/key.ts'
import { decodeBase64url } from '../core/encoding/base64url.ts'
import { Fault } from '../core/fault.ts'
import type { Encrypter, JweOptions } from '../ports/encrypter.ts'
import type { Random } from '../ports/random.ts'

/** Seals in pages, workers and Node alike; only the ephemeral keys of HPKE come from `random`, JWE draws its own. */
export function createEncrypter(random: Random): Encrypter {
  return {
    sealJwe,
    sealHpke: (plaintext, recipient, info, aad) => sealHpkeWith(random.bytes(32), recipient, plaintext, info, aad),
  }
}

async function sealJwe(plaintext: Uint8Array, recipient: PublicJwk, options: JweOptions): Promise<string> {
  if (recipient.crv !== 'P-256' && recipient.crv !== 'X25519') throw new Fault('key.unsupported')
  const header: CompactJWEHeaderParameters = {
    alg: 'ECDH-ES',
    enc: options.enc,
    ...(options.kid === undefined ? {} : { kid: options.kid }),
  }
  const sealing = new CompactEncrypt(plaintext)
    .setProtectedHeader(header)
    .setKeyManagementParameters(partyInfo(options))
  try {
    return await sealing.encrypt(await importJWK({ ...jwkMembers(recipient) }, 'ECDH-ES'))
  } catch (cause) {
    throw new Fault('key.unsupported', { reason: 'recipient' }, { cause })
  }
}

function partyInfo({ apu, apv }: JweOptions): { readonly apu?: Uint8Array; readonly apv?: Uint8Array } {
  return {
    ...(apu === undefined ? {} : { apu: bytesOf(apu) }),
    ...(apv === undefined ? {} : { apv: bytesOf(apv) }),
  }
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new Fault('request.malformed', { at: 'apu, apv' })
  return bytes
}
