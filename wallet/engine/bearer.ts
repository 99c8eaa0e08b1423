import type { Signer } from '@fujie/shared/ports/signer.ts'

/** A token that is good now, and the key it is bound to. */
export interface Bearer {
  readonly token: string
  readonly key: Signer
  /** Present where the wallet program is known to the agency by name. */
  readonly clientId?: string
}
