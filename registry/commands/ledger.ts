import { readFile, writeFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { command, type Command } from '@fujie/shared/cli/command.ts'
import { exit } from '@fujie/shared/cli/exit.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { EvmAdmin } from '../adapters/ledger-evm-deploy.ts'
import { keptAccount } from '../adapters/ledger-evm-key.ts'
import { readLedgerFile, type LedgerFile } from './ledger-file.ts'

const key = command({
  name: 'registry ledger key FILE',
  words: {
    'zh-CN': '账本账户的地址；没有密钥文件时新建',
    en: 'The address of a ledger account; makes the key at first',
  },
  schema: z.strictObject({ file: z.string() }),
  async run({ file }, print) {
    const { address } = await keptAccount(file)
    print.result({ address }, () => address)
    return exit.done
  },
})

const deploy = command({
  name: 'registry ledger deploy FILE',
  words: {
    'zh-CN': '在链上部署锚定合约，把账本设置写入文件',
    en: 'Makes the anchoring contract on a chain, and writes the settings of the ledger',
  },
  schema: z.strictObject({
    ...{ file: z.string(), rpc: z.string(), chainId: z.string(), adminKey: z.string() },
    ...{ confirmations: z.optional(z.string()), fees: z.optional(z.enum(['eip1559', 'legacy'])) },
  }),
  async run({ file, rpc, chainId, adminKey, confirmations = '12', fees = 'eip1559' }, print) {
    const chain = {
      ...{ chainId: numberIn(chainId), rpc: rpc.split(','), confirmations: numberIn(confirmations), fees },
    }
    const { contract, block } = await new EvmAdmin(chain, await keptAccount(adminKey), systemClock).deploy()
    const settings = { type: 'evm', ...chain, contract, fromBlock: block }
    await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`, { flag: 'wx' })
    print.result({ contract, block }, () => `${contract} ${block}`)
    return exit.done
  },
})

const register = command({
  name: 'registry ledger register FILE',
  words: {
    'zh-CN': '在合约里登记一个登记簿及其成员账户',
    en: 'Registers a log and the accounts of its members with the contract',
  },
  schema: z.strictObject({
    ...{ file: z.string(), adminKey: z.string(), log: z.string(), origin: z.string(), logKey: z.string() },
    ...{ members: z.string(), k: z.optional(z.string()), freezeAt: z.optional(z.string()) },
    window: z.optional(z.string()),
  }),
  async run({ file, adminKey, log, origin, logKey, members, k = '2', freezeAt = '2', window = '3600' }, print) {
    const settings = await readLedgerFile(file)
    const terms = { k: numberIn(k), freezeAt: numberIn(freezeAt), window: numberIn(window) }
    const admin = await adminOf(settings, adminKey)
    await admin.register(settings.contract, { log, origin, logKey, ...terms, members: members.split(',') })
    print.result({ log }, () => log)
    return exit.done
  },
})

const member = command({
  name: 'registry ledger member FILE',
  words: {
    'zh-CN': '给成员账户一个席位，0 为撤销',
    en: 'Gives an account a seat in the contract; seat 0 takes it away',
  },
  schema: z.strictObject({
    ...{ file: z.string(), adminKey: z.string(), log: z.string(), member: z.string(), slot: z.string() },
  }),
  async run({ file, adminKey, log, member: account, slot }, print) {
    const settings = await readLedgerFile(file)
    await (await adminOf(settings, adminKey)).setMember(settings.contract, log, account, numberIn(slot))
    print.result({ member: account, slot: numberIn(slot) }, () => `${account} ${slot}`)
    return exit.done
  },
})

const unfreeze = command({
  name: 'registry ledger unfreeze FILE',
  words: { 'zh-CN': '异议了结后解除冻结', en: 'Lifts the freeze of a log once the dispute is settled' },
  schema: z.strictObject({
    ...{ file: z.string(), adminKey: z.string(), log: z.string(), reason: z.string() },
  }),
  async run({ file, adminKey, log, reason }, print) {
    const settings = await readLedgerFile(file)
    await (await adminOf(settings, adminKey)).unfreeze(settings.contract, log, reason)
    print.result({ log }, () => log)
    return exit.done
  },
})

const force = command({
  name: 'registry ledger force FILE RECORD',
  words: {
    'zh-CN': '把记录放到账本上，登记簿必须按期收录',
    en: 'Puts a record on the ledger, where the log cannot ignore it',
  },
  schema: z.strictObject({ file: z.string(), record: z.string(), log: z.string(), key: z.string() }),
  async run({ file, record, log, key: keyFile }, print) {
    const settings = await readLedgerFile(file)
    const text = (await readFile(record, 'utf8')).trim()
    await (await adminOf(settings, keyFile)).forceRecord(settings.contract, log, new TextEncoder().encode(text))
    print.result({ log }, () => log)
    return exit.done
  },
})

async function adminOf(
  { contract: _, type: __, keyFile: ___, ...chain }: LedgerFile,
  keyFile: string,
): Promise<EvmAdmin> {
  return new EvmAdmin(chain, await keptAccount(keyFile), systemClock)
}

/** @throws Fault `request.malformed` */
function numberIn(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new Fault('request.malformed', { text })
  return Number(text)
}

export const ledgerCommands: readonly Command[] = [key, deploy, register, member, unfreeze, force]
