import type { PrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import type { Seconds } from '@fujie/shared/core/instant.ts'
import type { Words } from '@fujie/shared/core/record/members.ts'
import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { Exchange } from '@fujie/shared/server/app.ts'

/** What a counter is started with. */
export interface VerifierConfig {
  readonly port: number
  /** File of the counter's memory, or `:memory:`. */
  readonly database: string
  /** Folder of the built page; none: no page. */
  readonly pagesFolder?: string
  readonly name: Words
  /** The number on the desk; absent: 1. */
  readonly desk?: string
  readonly did: string
  /** Absolute DID URL of the signing key. */
  readonly keyId: string
  readonly key: PrivateJwk
  /** DER certificates of that key, leaf first, without the anchor. */
  readonly certificates: readonly Uint8Array[]
  /** How requests name who asks; absent: by certificate where there is one, else by DID. */
  readonly clientIdForm?: 'x509_hash' | 'decentralized_identifier'
  /** Ids of purposes, the first one shown first. */
  readonly purposes: readonly string[]
  readonly registry: string
  readonly policy: Policy
  /** How long what the registry says is used again without asking; absent: 60 s. */
  readonly evidenceReuse?: Seconds
  /** Registration proof of the registry, base64url. */
  readonly registration?: string
  /** Checks one network may begin in a minute; absent: 60. */
  readonly startsPerMinute?: number
  /** Of the counter's wall clock, east of Greenwich; absent: this machine's. */
  readonly utcOffset?: Seconds
  readonly insecureLoopback: boolean
  /** Origin of the workbench that may frame the page; demonstrations only. */
  readonly workbench?: string
  /** Whether the cable is pulled; demonstrations only. */
  readonly isCut?: () => boolean
  readonly observe?: (exchange: Exchange) => void
}

/** What may be given from outside in its place. */
export interface VerifierPorts {
  readonly clock?: Clock
  readonly random?: Random
  readonly http?: Http
}
