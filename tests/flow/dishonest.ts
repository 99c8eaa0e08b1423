import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { formatKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { thumbprint, parsePublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { createHolderKeys } from '@fujie/wallet/adapters/holder-keys-node.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import type { Roles } from './roles.ts'

/** What somebody with a wallet of their own making changes before an answer is sealed. */
export interface Lie {
  /** To document and disclosures; what comes out is bound anew by the holder’s key. */
  readonly presented?: (text: string) => string
  readonly audience?: string
  readonly nonce?: string
  /** Seconds from now at which the holder claims to have signed. */
  readonly at?: number
  /** Who signs instead of the holder. */
  readonly holder?: Signer
  /** To all of it, after it was bound. */
  readonly text?: (text: string) => string
}

/** The ordinary engine but for the encrypter, which alters what it is given to seal. */
export class DishonestWallet {
  readonly engine: WalletEngine
  lie: Lie | undefined
  readonly #signers: Signer[] = []

  constructor(roles: Roles, http: Http = roles.http) {
    const keys = createHolderKeys()
    const honest = createEncrypter(systemRandom)
    this.engine = roles.wallet({
      http,
      keys: {
        generate: () => keys.generate(),
        derive: (seed) => keys.derive(seed),
        signer: async (key) => {
          const signer = await keys.signer(key)
          this.#signers.push(signer)
          return signer
        },
      },
      encrypter: {
        sealHpke: (...all) => honest.sealHpke(...all),
        sealJwe: async (plaintext, ...rest) => honest.sealJwe(await this.#alter(plaintext), ...rest),
      },
    })
  }

  async #alter(plaintext: Uint8Array): Promise<Uint8Array> {
    const { lie } = this
    if (lie === undefined) return plaintext
    const answer = JSON.parse(utf8Text(plaintext) ?? '') as { vp_token: Record<string, readonly string[]> }
    const entries = Object.entries(answer.vp_token).map(async ([id, texts]) => [
      id,
      await Promise.all(texts.map((text) => this.#bind(text, lie))),
    ])
    return utf8(JSON.stringify({ ...answer, vp_token: Object.fromEntries(await Promise.all(entries)) as object }))
  }

  async #bind(text: string, lie: Lie): Promise<string> {
    const end = text.lastIndexOf('~') + 1
    const [given, binding] = [text.slice(0, end), text.slice(end)]
    const presented = lie.presented?.(given) ?? given
    const { aud, nonce } = claimsOf(binding) as { aud: string; nonce: string }
    const { cnf } = claimsOf(given.split('~')[0] ?? '') as { cnf: { jwk: object } }
    const owner = thumbprint(parsePublicJwk(cnf.jwk as never))
    const holder = lie.holder ?? this.#signers.find(({ publicJwk }) => thumbprint(publicJwk) === owner)
    if (holder === undefined) throw new Error('the holder’s key was never used')
    const occasion = { audience: lie.audience ?? aud, nonce: lie.nonce ?? nonce }
    const { header, payload } = formatKeyBinding(presented, occasion, systemClock.now() + (lie.at ?? 0))
    const bound = presented + (await signJws(holder, header, payload))
    return lie.text?.(bound) ?? bound
  }
}

/** What a JWT says, unread by anybody. */
export function claimsOf(jwt: string): Readonly<Record<string, unknown>> {
  const bytes = decodeBase64url(jwt.split('.')[1] ?? '') ?? new Uint8Array()
  return JSON.parse(utf8Text(bytes) ?? '') as Record<string, unknown>
}
