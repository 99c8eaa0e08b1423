import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { digestOfDisclosure, formatDisclosure } from '@fujie/shared/core/credential/disclosure.ts'
import { hashOfPresented } from '@fujie/shared/core/credential/key-binding.ts'
import type { UnverifiedSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { World } from '../../tests/fixtures/world.ts'

export type Members = Record<string, Json | undefined>

/** A signed token before it is signed: everything a liar could write otherwise. */
export interface TokenDraft {
  header: Members
  payload: Members
  signer: Signer
  /** Texts in place of what the members would give. */
  headerText?: string
  payloadText?: string
  /** Changes the signature, or the whole text after signing. */
  sign?: (signature: Uint8Array) => Uint8Array
  respell?: (token: string) => string
}

/** A presentation before it is signed. */
export interface ShownDraft extends TokenDraft {
  disclosures: string[]
  /** Signed for the hotel's request; `sd_hash` is reckoned where it is not given. */
  binding: TokenDraft | undefined
  respellAll?: (text: string) => string
}

/** Signs what a draft says. */
export async function signDraft(draft: TokenDraft): Promise<string> {
  const { header, payload, signer, sign = (signature) => signature, respell = (token) => token } = draft
  const head = draft.headerText ?? JSON.stringify({ alg: signer.algorithm, ...header })
  const body = draft.payloadText ?? JSON.stringify(payload)
  const input = `${b64(head)}.${b64(body)}`
  return respell(`${input}.${encodeBase64url(sign(await signer.sign(utf8(input))))}`)
}

export function b64(text: string): string {
  return encodeBase64url(utf8(text))
}

/** Bytes nobody could guess, but for their name. */
export function bytesOf(name: string, length = 32): Uint8Array {
  return sha256(utf8(name)).slice(0, length)
}

export function decoy(name: string): string {
  return encodeBase64url(bytesOf(`decoy ${name}`))
}

/** A disclosure whose salt comes from its content. */
export function disclosureOf(name: string | undefined, value: Json, salt = 'salt'): string {
  return formatDisclosure(bytesOf(`${salt} ${name} ${JSON.stringify(value)}`, 16), name, value)
}

export { digestOfDisclosure }

/** The guest, the agency and the hotel of the corpus, and what the guest shows there. */
export class Stage {
  readonly world: World
  readonly credential: UnverifiedSdJwt

  private constructor(world: World, credential: UnverifiedSdJwt) {
    this.world = world
    this.credential = credential
  }

  static async open(): Promise<Stage> {
    const world = await World.make()
    return new Stage(world, await world.issue())
  }

  /** What a wallet would show, before it is signed. */
  draft(credential = this.credential): ShownDraft {
    const basic = credential.disclosures.filter(({ name }) => name === 'basic').map(({ text }) => text)
    const { audience, nonce } = this.world.request()
    return {
      header: { ...credential.jws.header },
      payload: structuredClone({ ...credential.payload }) as Members,
      signer: this.world.issuer.signer(),
      disclosures: basic,
      binding: {
        header: { typ: 'kb+jwt' },
        payload: { iat: this.world.now, aud: audience, nonce },
        signer: this.world.holder,
      },
    }
  }

  /** The text of a presentation after a change. */
  async shown(change: (draft: ShownDraft) => void, credential = this.credential): Promise<string> {
    const draft = this.draft(credential)
    change(draft)
    const { disclosures, binding, respellAll = (text) => text } = draft
    const presented = [await signDraft(draft), ...disclosures, ''].join('~')
    if (binding === undefined) return respellAll(presented)
    const payload = { sd_hash: hashOfPresented(presented), ...binding.payload }
    return respellAll(presented + (await signDraft({ ...binding, payload })))
  }

  /** The input of `judgePresentation`. */
  async presentation(change: (draft: ShownDraft) => void = () => undefined): Promise<Json> {
    return { request: 'hotel', vp_token: { guest: [await this.shown(change)] } }
  }
}
