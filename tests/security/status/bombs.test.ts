import { deflateSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { openStatusList } from '@fujie/shared/core/status/list.ts'
import { World } from '../../fixtures/world.ts'
import { judge } from '../judged.ts'

let world: World
beforeEach(async () => {
  world = await World.make()
})

const packed = (inflated: Uint8Array) => new Uint8Array(deflateSync(inflated, { level: 9 }))
const most = limits.statusListInflated

describe('a list that unpacks to more than it may', () => {
  it.each([most + 1, 16 * most, 100 * 1024 * 1024])('is not opened: %i bytes', async (size) => {
    const bomb = packed(Buffer.alloc(size))
    expect(bomb.length).toBeLessThan(limits.statusListPacked)
    expect(await openStatusList(1, bomb)).toBeUndefined()
    await world.publishStatus({ payload: { status_list: { bits: 4, lst: encodeBase64url(bomb) } } })
    const judged = await judge(world)
    expect(judged.outcome).toBe('undecided')
    expect(judged.codes).toContain('status.too_large')
  })

  it('costs no more memory than the bound, whatever it would unpack to', async () => {
    const bomb = packed(Buffer.alloc(100 * 1024 * 1024))
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 20; i++) expect(await openStatusList(1, bomb)).toBeUndefined()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024)
  })

  it.each<[string, (whole: Uint8Array) => Uint8Array]>([
    ['with bytes behind it', (whole) => Uint8Array.from([...whole, 0])],
    ['with a second stream behind it', (whole) => Uint8Array.from([...whole, ...whole])],
    ['cut off', (whole) => whole.subarray(0, -1)],
    ['without its check sum', (whole) => whole.subarray(0, -4)],
    ['packed twice', (whole) => packed(whole).subarray(1)],
  ])('is not opened %s either', async (_what, change) => {
    expect(await openStatusList(1, change(packed(Buffer.alloc(16_384))))).toBeUndefined()
  })

  it('is not even unpacked when it is too large as it comes', async () => {
    const evidence = world.evidence({ status_token: utf8('A'.repeat(2 * limits.statusListPacked + 1)) })
    const judged = await judge(world, { evidence })
    expect(judged).toMatchObject({ outcome: 'undecided', codes: ['credential.status_unknown', 'status.too_large'] })
  })

  it('notices when the defence is gone: without the bound zlib gives all of it', async () => {
    const { inflateSync } = await import('node:zlib')
    expect(inflateSync(packed(Buffer.alloc(16 * most))).length).toBe(16 * most)
    expect(await openStatusList(1, packed(Buffer.alloc(most)))).toBeDefined()
  })
})
