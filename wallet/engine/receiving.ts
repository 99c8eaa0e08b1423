import type { Access } from './access.ts'
import { BatchFetcher } from './fetch-batches.ts'
import { Grants } from './grants.ts'
import { IssuerClient } from './issuer-client.ts'
import type { News } from './news.ts'
import { Notices } from './notices.ts'
import type { WalletPorts } from './ports.ts'
import { ReceiveOutcome } from './receive-outcome.ts'
import { Receive } from './receive.ts'
import { Receipts } from './receipts.ts'
import { Redeemer, type WalletClient } from './redeem.ts'
import { Renewal } from './renewal.ts'
import type { Trust } from './trust.ts'

interface ReceivingParts {
  readonly ports: WalletPorts
  readonly access: Access
  readonly news: News
  readonly trust: Trust
}

/** All that has to do with agencies, put together. `self`: how they know this wallet, where its host can open pages. */
export function createReceiving(parts: ReceivingParts, self: WalletClient | undefined) {
  const client = new IssuerClient(parts.ports)
  const grants = new Grants({ ...parts, client })
  const receipts = new Receipts(parts)
  const notices = new Notices({ ...parts, grants, client })
  const outcome = new ReceiveOutcome({ ...parts, notices, receipts })
  const redeemer = new Redeemer({ ...parts, client, grants, receipts, self })
  const fetcher = new BatchFetcher({ ...parts, client, grants, receipts })
  const redirectUri = self?.redirectUri
  const receive = new Receive({ ...parts, client, receipts, grants, redeemer, fetcher, outcome, redirectUri })
  const renewal = new Renewal({ ...parts, client, grants, notices, receive, opensPages: self !== undefined })
  return { receive, renewal, notices }
}
