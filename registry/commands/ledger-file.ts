import { readFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { Fault } from '@fujie/shared/core/fault.ts'

const count = z.int().check(z.minimum(0))
const positive = z.int().check(z.minimum(1))

const settings = z.strictObject({
  type: z.literal('evm'),
  chainId: positive,
  rpc: z.array(z.url({ protocol: /^https?$/ })).check(z.minLength(1)),
  faulty: z.exactOptional(count),
  contract: z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/)),
  fromBlock: z.exactOptional(count),
  keyFile: z.exactOptional(z.string()),
  confirmations: positive,
  fees: z.exactOptional(z.enum(['eip1559', 'legacy'])),
  dailyCap: z.exactOptional(
    z.pipe(
      z.string().check(z.regex(/^[0-9]{1,30}$/)),
      z.transform((digits: string) => BigInt(digits)),
    ),
  ),
  poll: z.exactOptional(positive),
  resendAfter: z.exactOptional(positive),
})

/** A ledger as operators write it down; `keyFile` is absent for those who only read. */
export type LedgerFile = z.output<typeof settings>

/**
 * Reads the settings of a ledger.
 *
 * @throws Fault `ledger.misconfigured`
 */
export async function readLedgerFile(path: string): Promise<LedgerFile> {
  try {
    return settings.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new Fault('ledger.misconfigured', { path }, { cause })
  }
}
