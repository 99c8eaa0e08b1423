import { parseEventLogs } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { EvmLedger } from '../../../registry/adapters/ledger-evm.ts'
import { anchorAbi } from '../../../registry/contracts/anchor.ts'
import { auditorDefaults } from '../../../registry/auditor/config.ts'
import { startAuditor, type RunningAuditor } from '../../../registry/auditor/main.ts'
import { startMonitor } from '../../../registry/monitor/main.ts'
import { AnchoredRegistry } from '../../fixtures/anchored.ts'
import { noteOf } from '../../fixtures/chain.ts'
import { namedKey, testOrigin } from '../../fixtures/registry.ts'
import { Stage } from '../../fixtures/witnessed.ts'
import { needs } from '../../house/needs.ts'

describe.skipIf(!needs('anvil'))('ledger/watchers', { timeout: 60_000 }, () => {
  let anchored: AnchoredRegistry
  let stage: Stage

  beforeEach(async () => {
    anchored = await AnchoredRegistry.start({}, { k: 2, freezeAt: 2 })
    stage = await Stage.open()
  })
  afterEach(async () => {
    await stage.close()
    await anchored.remove()
  })

  const running = () => anchored.registry.running
  const watched = () => {
    const { url: registry, log, logKeys } = running()
    return { port: 0, log, origin: testOrigin, logKeys, registry }
  }

  /** An auditor that has read the log as it is now. */
  async function audit(member: string, folder = member): Promise<RunningAuditor> {
    const config = { ...auditorDefaults, ...watched(), folder: stage.path(folder), name: `${member}.test` }
    const http = createHttp({ insecureLoopback: true })
    const auditor = stage.keep(
      await startAuditor(config, { key: namedKey(member), http, ledger: anchored.ledger(member) }),
    )
    const { size } = (await (await anchored.registry.get('/checkpoints/trusted')).json()) as { size: number }
    await expect.poll(async () => (await healthOf(auditor)).size, { timeout: 10_000 }).toBe(size)
    return auditor
  }

  const healthOf = async ({ url }: { readonly url: string }) =>
    (await (await fetch(`${url}/healthz`)).json()) as { size: number; ok: boolean; ledger?: string }
  const head = async (ledger: EvmLedger) => (await ledger.newest())?.size

  it('confirms what auditors have replayed, each once', async () => {
    await running().anchor()
    expect(await head(anchored.ledger())).toBe(2)
    const auditors = [await audit('m2'), await audit('m3')]
    for (const auditor of [...auditors, ...auditors]) await auditor.readLedger()
    expect(await confirmations()).toBe(2)
    expect(await Promise.all(auditors.map(healthOf))).toMatchObject([{ ok: true }, { ok: true }])
  })

  it('freezes the log over a head that its auditors have not replayed', async () => {
    await running().anchor()
    await anchored.registry.join('agency')
    await anchored.ledger('m1').anchor(noteOf(3))
    const auditors = [await audit('m2'), await audit('m3')]
    for (const auditor of auditors) await auditor.readLedger()
    expect(await anchored.ledger().isFrozen()).toBe(true)
    expect((await healthOf(auditors[0] as RunningAuditor)).ledger).toBe('ledger.conflict')
    await running().anchor()
    expect(running().ledgerAlarm).toBe('ledger.conflict')
  })

  it('finds on the ledger itself what the registry did not take in', async () => {
    const auditor = await audit('m2')
    const record = await anchored.registry.create('censored')
    const { admin, contract } = anchored.chain
    await admin.forceRecord(contract, running().log, utf8(record.text))
    await auditor.readLedger()
    // Its registry never looks at the ledger, and seals on behind the deadline.
    await anchored.restart({}, { ledger: { type: 'file' } })
    anchored.registry.now += 3_700
    await auditor.stop()
    await running().submit((await anchored.registry.create('welcome')).text)
    const later = await startAuditor(
      { ...auditorDefaults, ...watched(), folder: stage.path('m2'), name: 'm2.test' },
      {
        ...{ key: namedKey('m2'), http: createHttp({ insecureLoopback: true }) },
        clock: { now: () => anchored.registry.now },
      },
    )
    stage.keep(later)
    await expect.poll(() => later.alarm?.code, { timeout: 10_000 }).toBe('log.forced_ignored')
  })

  it('tells a monitor of a head on the ledger that the log does not have', async () => {
    const ledger = anchored.ledger()
    const monitor = await startMonitor(
      {
        ...watched(),
        folder: stage.path('monitor'),
        trust: `log ${running().logKeys[0]}\nquorum none\n`,
        interval: 3_600,
      },
      { http: createHttp({ insecureLoopback: true }), latestAnchor: (origin) => ledger.latestAnchor(origin) },
    )
    stage.keep(monitor)
    await running().anchor()
    expect((await monitor.look()).troubles.get('ledger')).toBeUndefined()
    await anchored.registry.join('agency')
    await anchored.ledger('m2').anchor(noteOf(3))
    expect((await monitor.look()).troubles.get('ledger')).toBe('log.fork')
    expect(monitor.alarm).toBe('log.fork')
  })

  async function confirmations(): Promise<number> {
    const { anvil, contract } = anchored.chain
    const logs = await anvil.ask<readonly { topics: readonly string[] }[]>('eth_getLogs', {
      ...{ address: contract, fromBlock: '0x0', toBlock: 'latest' },
    })
    const names = parseEventLogs({ abi: anchorAbi, logs: logs as never }).map(({ eventName }) => eventName)
    expect(names.at(-1)).toBe('Final')
    return names.filter((name) => name === 'Confirmed').length
  }
})
