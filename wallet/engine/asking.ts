import type { DcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import type { UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import type { TransactionData } from '@fujie/shared/core/presentation/transaction-data.ts'
import { siteOf, type Site } from './login.ts'
import type { VerifierStanding } from './trust.ts'

/** What a request asks and what its answer is bound to, whatever way it came. */
export interface Asking {
  readonly query: DcqlQuery
  /** Full client identifier of the one who asks. */
  readonly audience: string
  readonly nonce: string
  readonly transactionData: readonly TransactionData[]
  /** The site that is signed in to. */
  readonly site?: Site
  /** Counter editions alone fit into a code that is shown. */
  readonly byLight: boolean
}

export function askingOf(request: UnverifiedRequest, standing: VerifierStanding): Asking {
  const { query, clientId, nonce, transactionData } = request
  const site = siteOf(request, standing)
  return {
    ...{ query, audience: clientId.text, nonce, transactionData, byLight: false },
    ...(site === undefined ? {} : { site }),
  }
}
