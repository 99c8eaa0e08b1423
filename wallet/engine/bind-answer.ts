import { formatKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { transactionDataHash } from '@fujie/shared/core/presentation/transaction-data.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Access } from './access.ts'
import type { Asking } from './asking.ts'
import { readRecord, storedKey } from './contents.ts'
import type { WalletPorts } from './ports.ts'
import type { PlannedChoice } from './request-plan.ts'

/** A credential with its key binding, and the query it answers. */
export interface BoundAnswer {
  readonly query: string
  readonly text: string
}

/**
 * Which choice carries which confirmations: each is signed with one credential, the first that it allows for (OpenID4VP
 * 1.0, 8.4). Undefined if one of them would be left out.
 */
export function carriersOf(
  { transactionData }: Pick<Asking, 'transactionData'>,
  chosen: readonly PlannedChoice[],
): ReadonlyMap<PlannedChoice, readonly string[]> | undefined {
  const carried = new Map<PlannedChoice, readonly string[]>()
  for (const each of transactionData) {
    const id = each.credentialIds.find((query) => chosen.some((choice) => choice.query === query))
    const carrier = chosen.find(({ query }) => query === id)
    if (carrier === undefined) return undefined
    carried.set(carrier, [...(carried.get(carrier) ?? []), transactionDataHash(each)])
  }
  return carried
}

/**
 * Binds what was chosen to the one who asks, to this request, to what is confirmed with it, and to now.
 *
 * @throws Fault `vault.tampered`, `consent.declined`
 */
export async function bindAnswer(
  asking: Asking,
  chosen: readonly PlannedChoice[],
  access: Access,
  { clock, keys }: Pick<WalletPorts, 'clock' | 'keys'>,
): Promise<readonly BoundAnswer[]> {
  const carried = carriersOf(asking, chosen)
  if (carried === undefined) throw new Fault('consent.declined', { confirmation: false })
  const { audience, nonce } = asking
  return Promise.all(
    chosen.map(async (choice) => {
      const { presented, showable, query } = choice
      const key = showable.minted ?? readRecord(access.vault, 'keys', showable.copy.key, storedKey)
      if (key === undefined) throw new Fault('vault.tampered', { part: 'key' })
      const hashes = carried.get(choice)
      const occasion = { audience, nonce, ...(hashes === undefined ? {} : { transactionHashes: hashes }) }
      const { header, payload } = formatKeyBinding(presented, occasion, clock.now())
      return { query, text: presented + (await signJws(await keys.signer(key), header, payload)) }
    }),
  )
}
