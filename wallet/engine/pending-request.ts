import type { Instant } from '@fujie/shared/core/instant.ts'
import type { UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import type { UnverifiedCounterRequest } from '@fujie/shared/core/qr/request.ts'
import type { Asking } from './asking.ts'
import type { CounterView } from './contract/presenting.ts'
import type { RequestView, Source } from './contract.ts'
import type { VerifierStanding } from './trust.ts'

/** A request that was opened and waits for a word. */
export interface Pending {
  readonly id: string
  readonly asking: Asking
  /** How the answer goes out: posted to an address, or shown. */
  readonly way:
    | { readonly kind: 'post'; readonly request: UnverifiedRequest }
    | { readonly kind: 'light'; readonly request: UnverifiedCounterRequest }
  readonly standing: VerifierStanding
  readonly source: Source
  readonly host: string
  readonly expires: Instant
  readonly counter?: CounterView
  state: RequestView['state']
}
