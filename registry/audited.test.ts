import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeState, parseProofBundleCbor } from '@fujie/shared/core/log/bundle.ts'
import { formatTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { createOf, demandsOf, now, Stage, until } from '../tests/fixtures/witnessed.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(() => stage.close())

describe('a registry with three witnesses and two auditors', () => {
  it('has a record trusted within three seconds, by two of the one and one of the other', async () => {
    const { registry, trust } = await stage.production()
    const demands = demandsOf(registry.log, formatTrustPolicy(trust))
    await until(() => registry.alarm === undefined)
    const times: number[] = []
    for (let i = 0; i < 20; i++) {
      const record = await createOf(registry.log, `a${i}`)
      const begun = performance.now()
      await until(() =>
        registry.submit(record.text).then(
          () => true,
          () => false,
        ),
      )
      times.push(performance.now() - begun)
      const bundle = parseProofBundleCbor(await registry.prove('did', nameOfRecord(record).name))
      const { findings, state } = await judgeState(bundle, demands, undefined, now(), 'x')
      expect([findings, state?.present]).toEqual([[], true])
    }
    // The first one waits for the auditors to have read the beginning.
    const [, ...after] = times
    expect(Math.max(...after)).toBeLessThan(3_000)
  })

  it('trusts nothing that witnesses alone stand for', async () => {
    const { registry, auditors, trust } = await stage.production()
    await until(async () => (await fetch(`${registry.healthUrl}/readyz`)).status === 200)
    await registry.submit((await createOf(registry.log, 'a')).text)
    for (const auditor of auditors) await auditor.stop()
    const record = await createOf(registry.log, 'b')
    const waiting = registry.submit(record.text).then(
      () => 'trusted',
      () => 'refused',
    )
    await until(async () => (await stageOf(registry.url, record.id)) === 'sealed')
    const again = await stage.auditor(
      'a1',
      registry.log,
      registry.url,
      { now },
      Number(new URL(auditors[0]?.url ?? '').port),
    )
    expect(await waiting).toBe('trusted')
    expect(again.alarm).toBeUndefined()
    expect(formatTrustPolicy(trust)).toContain('quorum g3')
  })
})

async function stageOf(url: string, id: string): Promise<string> {
  const response = await fetch(`${url}/ops/${id}`)
  return response.status === 200 ? ((await response.json()) as { stage: string }).stage : 'waiting'
}
