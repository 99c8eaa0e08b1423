import * as z from 'zod/mini'
import type { Print } from '@fujie/shared/cli/print.ts'
import { say } from '@fujie/shared/ui/messages.ts'
import { usualFolder } from '../adapters/system-folders.ts'
import { withWallet, type Key, type WalletOfFolder } from './open-wallet.ts'
import { createTerminal, readSecretFile, type Terminal } from './terminal.ts'

/** Options that every command on a vault takes. */
export const vaultOptions = { folder: z.optional(z.string()), acceptRollback: z.optional(z.boolean()) }

export interface VaultOptions {
  readonly folder?: string | undefined
  readonly acceptRollback?: boolean | undefined
}

export function folderOf({ folder }: Pick<VaultOptions, 'folder'>): string {
  return folder ?? usualFolder(process)
}

/** Questions go where remarks go: the output is the answer alone. */
export function thisTerminal(): Terminal {
  return createTerminal(process.stdin, (text) => process.stderr.write(text))
}

/** The passphrase, from the file that the environment names, else typed. Never an argument: those can be read by others. */
export async function askPassphrase({ language }: Print, terminal = thisTerminal()): Promise<string> {
  const file = process.env.FUJIE_WALLET_PASSPHRASE_FILE
  if (file !== undefined) return readSecretFile(file)
  return terminal.askSecret(say(language, 'cli.wallet.passphrase'))
}

/** Runs a command on an open wallet. @throws Fault `vault.*`, and those of `work` */
export function onWallet<T>(
  options: VaultOptions,
  print: Print,
  work: (wallet: WalletOfFolder) => Promise<T>,
): Promise<T> {
  const key: Key = { passphrase: () => askPassphrase(print), acceptRollback: options.acceptRollback === true }
  return withWallet(folderOf(options), key, work)
}

/** Whatever a wallet says is said as JSON: on one line for programs, indented for people. */
export function tell(print: Print, view: object): void {
  print.result(view, () => JSON.stringify(view, undefined, 2))
}
