import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatEntryBundle, parseEntryBundle } from '@fujie/shared/core/log/tile.ts'
import type { RunningRegistry } from '../../../registry/main.ts'
import { createOf, Stage, trustOf, until } from '../../fixtures/witnessed.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(() => stage.close())

async function sizeOf({ url }: RunningRegistry): Promise<number> {
  return ((await (await fetch(`${url}/stats`)).json()) as { size: number }).size
}

/** A log that has grown since its folder was copied; an auditor has read all of it. */
async function grown() {
  const { registry, auditors, trust } = await stage.production()
  const { port } = new URL(registry.url)
  await registry.submit((await createOf(registry.log, 'a')).text)
  await registry.stop()
  await stage.copy('log', 'backup')
  const again = await stage.registry('log', trust, { port: Number(port) })
  const later = [await createOf(again.log, 'b'), await createOf(again.log, 'c')]
  for (const { text } of later) await again.submit(text)
  const size = await sizeOf(again)
  const mirror = auditors[0]?.url as string
  await until(async () => (await (await fetch(`${mirror}/checkpoint`)).text()).split('\n')[1] === String(size))
  await again.stop()
  const restore = (mirrors: readonly string[]) => stage.registry('backup', trust, { port: Number(port), mirrors })
  return { restore, mirror, later, size }
}

/** Passes on what a mirror answers, entries altered on the way if so asked. */
async function between(mirror: string, alter: (entry: Uint8Array) => Uint8Array): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(`${mirror}${request.url}`)
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const isEntries = answer.ok && request.url?.startsWith('/tile/entries/') === true
      response.writeHead(answer.status)
      response.end(isEntries ? formatEntryBundle(parseEntryBundle(bytes).map(alter)) : bytes)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stage.keep({ stop: () => new Promise((resolve) => void server.close(() => resolve())) })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const same = (entry: Uint8Array) => entry
const altered = (entry: Uint8Array) => entry.with(entry.length - 1, (entry.at(-1) as number) ^ 1)

describe('log/restore-from-mirror', () => {
  it('takes back what the copy lacks, proves it, and goes on', async () => {
    const { restore, mirror, later, size } = await grown()
    const restored = await restore([mirror])
    expect(restored.alarm).toBeUndefined()
    expect(restored.mirrorTroubles.size).toBe(0)
    expect(await sizeOf(restored)).toBe(size)
    for (const { id } of later) expect((await fetch(`${restored.url}/ops/${id}`)).status).toBe(200)
    await restored.submit((await createOf(restored.log, 'd')).text)
    expect(await sizeOf(restored)).toBe(size + 2)
  })

  it('stays read-only where nobody has the rest', async () => {
    const { restore } = await grown()
    const restored = await restore([])
    expect(restored.alarm).toBe('registry.behind')
    const refused = restored.submit((await createOf(restored.log, 'd')).text)
    await expect(refused).rejects.toMatchObject({ code: 'registry.read_only' })
  })

  it('refuses a mirror that alters an entry, and takes the next one', async () => {
    const { restore, mirror, size } = await grown()
    const [liar, honest] = [await between(mirror, altered), await between(mirror, same)]
    const behind = await restore([liar])
    expect(behind.alarm).toBe('registry.behind')
    expect(behind.mirrorTroubles).toEqual(new Map([[liar, 'log.withheld']]))
    await behind.stop()
    // The control: through the same server, unaltered, it is taken.
    const restored = await restore([liar, honest])
    expect(restored.alarm).toBeUndefined()
    expect(restored.mirrorTroubles).toEqual(new Map([[liar, 'log.withheld']]))
    expect(await sizeOf(restored)).toBe(size)
  })

  it('refuses for good what the log has signed twice', async () => {
    const trust = trustOf([], 0)
    const { quorum: _, ...alone } = trust
    const first = await stage.registry('log', alone)
    await first.submit((await createOf(first.log, 'a')).text)
    await first.stop()
    await stage.copy('log', 'other')
    const [one, two] = [await stage.registry('log', alone), await stage.registry('other', alone)]
    await one.submit((await createOf(one.log, 'b')).text)
    await two.submit((await createOf(two.log, 'c')).text)
    await two.stop()
    const same = await stage.registry('other', alone, { mirrors: [one.url] })
    expect(same.alarm).toBe('log.fork')
    await same.stop()
    await one.submit((await createOf(one.log, 'd')).text)
    await expect(stage.registry('other', alone, { mirrors: [one.url] })).rejects.toMatchObject({ code: 'log.fork' })
  })

  it('begins no second log in an empty folder while its mirror is silent, and fills it once that speaks', async () => {
    const { quorum: _, ...alone } = trustOf([], 0)
    const first = await stage.registry('log', alone)
    const record = await createOf(first.log, 'a')
    await first.submit(record.text)
    const silent = 'http://127.0.0.1:9'
    await expect(stage.registry('new', alone, { mirrors: [silent] })).rejects.toMatchObject({
      code: 'registry.unreachable',
    })
    const filled = await stage.registry('new', alone, { mirrors: [silent, first.url] })
    expect(filled.log).toBe(first.log)
    expect((await fetch(`${filled.url}/ops/${record.id}`)).status).toBe(200)
  })
})
