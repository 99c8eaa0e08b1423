import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { isMissing } from './folder.ts'

/**
 * The account whose key is in a file that only its owner may read, hexadecimal; made at first.
 *
 * @throws Fault `start.folder_not_writable`, `key.unsupported`
 */
export async function keptAccount(path: string): Promise<PrivateKeyAccount> {
  try {
    return accountOf(await readFile(path, 'utf8'))
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  try {
    const key = generatePrivateKey()
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${key}\n`, { mode: 0o600, flag: 'wx' })
    return privateKeyToAccount(key)
  } catch (cause) {
    throw new Fault('start.folder_not_writable', {}, { cause })
  }
}

function accountOf(text: string): PrivateKeyAccount {
  const key = text.trim()
  if (!isHex(key) || key.length !== 66) throw new Fault('key.unsupported', { at: 'ledger key' })
  try {
    return privateKeyToAccount(key)
  } catch {
    // The cause would carry the key.
    throw new Fault('key.unsupported', { at: 'ledger key' })
  }
}
