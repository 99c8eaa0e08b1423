import type { PrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import type { LogTrust } from '@fujie/shared/core/log/bundle.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { Exchange } from '@fujie/shared/server/app.ts'
import type { Client } from './desk/authorise.ts'
import type { Subjects } from './desk/ports.ts'

/** What an agency is started with. */
export interface IssuerConfig {
  readonly port: number
  /** File of the agency's memory, or `:memory:`. */
  readonly database: string
  /** Folder of the built console; none: no console pages. */
  readonly pagesFolder?: string
  readonly name: { readonly zh: string; readonly en: string }
  readonly did: string
  /** Absolute DID URL of the signing key. */
  readonly keyId: string
  readonly key: PrivateJwk
  /** DER certificates of that key, leaf first. */
  readonly certificates: readonly Uint8Array[]
  readonly registry: string
  readonly trust: LogTrust
  /** DIDs whose accreditations count. */
  readonly roots: readonly string[]
  readonly subjects: Subjects
  /** Wallet programs whose users may agree on this agency's page; absent: none. */
  readonly clients?: readonly Client[]
  readonly insecureLoopback: boolean
  /** Origin of the workbench that may frame the console; demonstrations only. */
  readonly workbench?: string
  /** Whether the cable is pulled; demonstrations only. */
  readonly isCut?: () => boolean
  readonly observe?: (exchange: Exchange) => void
}

/** What may be given from outside in its place. */
export interface IssuerPorts {
  readonly clock?: Clock
  readonly http?: Http
}
