import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import { VerifiedCache } from '@fujie/shared/core/presentation/verified-cache.ts'
import type { Policy } from '@fujie/shared/core/trust/policy.ts'
import type { EvidencePorts } from '@fujie/shared/evidence/collect.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Encrypter } from '@fujie/shared/ports/encrypter.ts'
import type { EvidenceStore } from '@fujie/shared/ports/evidence-store.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { JudgedOccasion } from '@fujie/shared/ports/sign-evidence.ts'
import type { Signer } from '@fujie/shared/ports/signer.ts'
import { createBell, type Bell } from './news.ts'
import type { Checks, ResponseKeys } from './ports.ts'
import type { Purpose } from './purposes/purpose.ts'
import type { CheckResult } from './told.ts'

/** Who asks: the client identifier with its prefix, and the header that names the key (form X: `x5c`, form D: `kid`). */
export interface Identity {
  readonly clientId: string
  readonly header: Readonly<Record<string, Json>>
  readonly signer: Signer
}

export interface DeskSettings {
  /** Under which wallets reach this desk. */
  readonly origin: string
  readonly identity: Identity
  readonly purposes: readonly Purpose[]
  /** What this verifier demands; each purpose adds whether a person has to be compared. */
  readonly policy: Policy
  /** Of this counter's wall clock, east of Greenwich. */
  readonly utcOffset: Seconds
  /** Registration proof of the registry, base64url; without it wallets ask the registry themselves. */
  readonly registration?: string
}

export interface DeskPorts {
  readonly checks: Checks
  readonly clock: Clock
  readonly random: Random
  readonly keys: ResponseKeys
  readonly encrypter: Encrypter
  readonly http: Http
  /** Where evidence comes from, and where it is kept. */
  readonly evidence: EvidencePorts & { readonly store: EvidenceStore }
}

/** What a check came to, until it is read. Held in memory alone: no claim of a document is ever on disk. */
export type Ending =
  | { readonly kind: 'judged'; readonly result: CheckResult; readonly until: Instant }
  | { readonly kind: 'failed'; readonly fault: FaultCode; readonly until: Instant }

/** What a verdict rests on, without what was disclosed, for as long as its check is open. In memory alone. */
export interface KeptOccasion {
  /** Absent where the document's format does not let its values be cut out. */
  readonly occasion?: JudgedOccasion
  readonly until: Instant
}

/** A desk at work. */
export interface Desk {
  readonly settings: DeskSettings
  readonly ports: DeskPorts
  readonly bell: Bell
  /** By the hash of the check. */
  readonly endings: Map<string, Ending>
  /** By the same: what verdicts rest on, until their checks are over. */
  readonly occasions: Map<string, KeptOccasion>
  /** Spares work; keeps no verdict. */
  readonly cache: VerifiedCache
  /** When the registry was last asked how it is, and when it last answered. */
  readonly contact: { asked: Instant; answered?: Instant }
}

/** Where a wallet posts the answer with this id. */
export function responseUri({ settings }: Desk, answerId: string): string {
  return `${settings.origin}/vp/responses/${answerId}`
}

export function createDesk(settings: DeskSettings, ports: DeskPorts): Desk {
  return {
    settings,
    ports,
    bell: createBell(),
    endings: new Map(),
    occasions: new Map(),
    cache: new VerifiedCache(),
    contact: { asked: 0 },
  }
}
