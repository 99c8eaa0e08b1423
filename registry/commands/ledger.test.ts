import { readFile, stat, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Print } from '@fujie/shared/cli/print.ts'
import type { Command } from '@fujie/shared/cli/command.ts'
import { startAnvil, type Anvil } from '../../scripts/anvil.ts'
import { clock, logIdOf, noteOf, rootOf } from '../../tests/fixtures/chain.ts'
import { Stage } from '../../tests/fixtures/witnessed.ts'
import { needs } from '../../tests/house/needs.ts'
import { keptAccount } from '../adapters/ledger-evm-key.ts'
import { EvmLedger } from '../adapters/ledger-evm.ts'
import { ledgerCommands } from './ledger.ts'
import { readLedgerFile } from './ledger-file.ts'

let stage: Stage
beforeEach(async () => {
  stage = await Stage.open()
  await writeFile(stage.path('some'), '')
})
afterEach(() => stage.close())

/** What a command prints, with the arguments it has by its schema. */
async function run(name: string, input: Record<string, string>): Promise<unknown> {
  const { schema, run } = ledgerCommands.find((each) => each.name.startsWith(`registry ledger ${name} `)) as Command
  let said: unknown
  const print = { result: (view: unknown) => void (said = view) } as unknown as Print
  expect(await run(schema.parse(input), print)).toBe(0)
  return said
}

const settings = {
  ...{ type: 'evm', chainId: 1, rpc: ['https://node.example/'], contract: `0x${'12'.repeat(20)}`, confirmations: 12 },
}

describe('the settings of a ledger', () => {
  const read = async (value: object) => {
    await writeFile(stage.path('ledger.json'), JSON.stringify(value))
    return readLedgerFile(stage.path('ledger.json'))
  }

  it('are read as they were written', async () => {
    expect(await read(settings)).toEqual(settings)
    expect(
      await read({ ...settings, dailyCap: '100000000000000000', fees: 'legacy', faulty: 1, keyFile: 'k' }),
    ).toMatchObject({ dailyCap: 10n ** 17n, fees: 'legacy' })
  })

  it.each<[string, object]>([
    ['another kind', { ...settings, type: 'other' }],
    ['no node', { ...settings, rpc: [] }],
    ['a node by another way', { ...settings, rpc: ['ftp://node.example/'] }],
    ['a short address', { ...settings, contract: '0x12' }],
    ['no confirmation', { ...settings, confirmations: 0 }],
    ['a cap that is no number', { ...settings, dailyCap: '1 ether' }],
    ['a member nobody knows', { ...settings, key: '0x01' }],
  ])('are refused with %s', async (_what, value) => {
    await expect(read(value)).rejects.toMatchObject({ code: 'ledger.misconfigured' })
  })

  it('are refused where there are none', async () => {
    await expect(readLedgerFile(stage.path('absent'))).rejects.toMatchObject({ code: 'ledger.misconfigured' })
  })
})

describe('the key of a ledger account', () => {
  it('is made once, for its owner alone', async () => {
    const file = stage.path('key')
    const first = await run('key', { file })
    expect(await run('key', { file })).toEqual(first)
    expect(first).toMatchObject({ address: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/) as string })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'not hexadecimal', `0x${'0'.repeat(64)}`, `0x${'f'.repeat(64)}`])('is refused as %j', async (text) => {
    await writeFile(stage.path('key'), text)
    const thrown: unknown = await keptAccount(stage.path('key')).catch((each: unknown) => each)
    expect(thrown).toMatchObject({ code: 'key.unsupported' })
    // What the library throws would carry the key.
    expect((thrown as Error).cause).toBeUndefined()
  })
})

describe.skipIf(!needs('anvil'))('a ledger from the command line', { timeout: 60_000 }, () => {
  let anvil: Anvil
  beforeEach(async () => {
    anvil = await startAnvil()
  })
  afterEach(() => anvil.stop())

  it('is made, told of a log and its members, anchored on, forced on and freed', async () => {
    const [file, adminKey, memberKey] = [stage.path('ledger.json'), stage.path('admin'), stage.path('member')]
    const accounts = [await keptAccount(adminKey), await keptAccount(memberKey)] as const
    for (const { address } of accounts) await anvil.ask('anvil_setBalance', address, '0x56bc75e2d63100000')
    const chain = { rpc: anvil.url, chainId: String(anvil.chainId), confirmations: '1' }
    const { contract } = (await run('deploy', { file, adminKey, ...chain })) as { contract: string }
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ type: 'evm', contract, rpc: [anvil.url] })

    const log = logIdOf('cli')
    const [, member] = accounts
    const named = { file, adminKey, log }
    const terms = { k: '1', freezeAt: '1', window: '60' }
    await run('register', { ...named, origin: 'log.test', logKey: 'x', members: member.address, ...terms })
    const { keyFile: _, ...options } = await readLedgerFile(file)
    const ledger = new EvmLedger({ ...options, log, poll: 20 }, { clock, account: member })
    expect(await ledger.anchor(noteOf(5))).toMatchObject({ size: 5, state: 'final' })

    await writeFile(stage.path('record'), 'a.b.c\n')
    await run('force', { file, record: stage.path('record'), log, key: memberKey })
    const { value } = await ledger.forcedRecords('log.test', -1).next()
    expect(value).toMatchObject({ text: 'a.b.c' })

    await ledger.confirm({ size: 5, root: rootOf(6) })
    expect(await ledger.isFrozen()).toBe(true)
    await run('unfreeze', { ...named, reason: 'a mistake' })
    expect(await ledger.isFrozen()).toBe(false)

    await run('member', { ...named, member: member.address, slot: '0' })
    await expect(ledger.anchor(noteOf(6))).rejects.toMatchObject({ code: 'ledger.refused' })
  })

  it('does not write over settings that are there', async () => {
    const [file, adminKey] = [stage.path('some'), stage.path('admin')]
    const { address } = await keptAccount(adminKey)
    await anvil.ask('anvil_setBalance', address, '0x56bc75e2d63100000')
    const chain = { rpc: anvil.url, chainId: String(anvil.chainId), confirmations: '1' }
    await expect(run('deploy', { file, adminKey, ...chain })).rejects.toThrow('EEXIST')
  })
})
