import type { JsonObject } from '../encoding/json.ts'

/** A public key as the rest of core passes it on; how it is spelled on the wire is the suite's. */
export interface SuiteKey {
  readonly kty: string
  /** Names the kind of key, and so its one algorithm. */
  readonly crv: string
  readonly x: string
  readonly y?: string
}

/** An algorithm that no platform has. `draw` gives fresh random bytes. */
export interface SuiteCode {
  readonly verify: (key: SuiteKey, message: Uint8Array, signature: Uint8Array) => boolean
  readonly secretLength: number
  readonly sign: (secret: Uint8Array, message: Uint8Array, draw: (length: number) => Uint8Array) => Uint8Array
  /** A new private JWK. */
  readonly generate: (draw: (length: number) => Uint8Array) => JsonObject
}

/** What SD-JWTs of a suite have of their own: names that nobody else reads, and a hash. */
export interface SuiteSdJwt {
  /** Format id and `typ`, one and the same. */
  readonly format: string
  /** `_sd_alg`. */
  readonly hash: string
  /** The hash of a text's UTF-8 bytes, base64url: of disclosures and of what was presented. */
  readonly digest: (text: string) => string
}

/**
 * Algorithms beside the usual ones that a verifier may turn on (wire profile, 11).
 *
 * A suite gives either credentials of its own (`sdJwt`), or a second signature beside credentials as they are. Nothing
 * of it is believed, emitted or named by anyone whose policy does not name the suite.
 */
export interface Suite {
  /** As policies name it. */
  readonly name: string
  /** Value of `alg`. */
  readonly algorithm: string
  readonly kty: string
  readonly crv: string
  /** Bytes of one coordinate, or of the whole key. */
  readonly width: number
  /** Reads a public JWK of this kind; undefined for others, and for a private one. */
  readonly readKey: (json: JsonObject) => SuiteKey | undefined
  /** The required members of such a key on the wire, in the order of RFC 7638. */
  readonly keyMembers: (key: SuiteKey) => JsonObject
  /** The member of a private JWK that is the secret. */
  readonly secretMember: string
  /** What the platform calls the kind of key. */
  readonly platformName?: string
  /** Its own code, where no platform has the algorithm. */
  readonly own?: SuiteCode
  readonly sdJwt?: SuiteSdJwt
}
