import { describe, expect, it } from 'vitest'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { compressStatusList, packStatusList } from '@fujie/shared/core/status/list.ts'
import { columns, pictureOf } from './status-picture.ts'

async function listOf(values: readonly number[]) {
  const packed = await compressStatusList(packStatusList(4, values))
  const digest = encodeBase64url(sha256(packed))
  return {
    packed,
    body: { uri: 'https://a.example/1', bits: 4, entries: values.length, digest, size: packed.length } as const,
  }
}

describe('the picture of a status list', () => {
  it('counts what is on hold and what is withdrawn, whatever the reason', async () => {
    const values = Array.from({ length: 4_096 }, () => 0)
    values[0] = 1
    values[1] = 12
    values[4_095] = 15
    const { packed, body } = await listOf(values)
    const picture = await pictureOf(body, packed)
    expect(picture).toMatchObject({ isLogged: true, places: 4_096, held: 1, withdrawn: 2 })
    expect(picture.squares).toHaveLength(2_048)
    expect(picture.squares.length % columns).toBe(0)
    expect(picture.squares[0]).toEqual({ held: 1, withdrawn: 1, places: 2 })
    expect(picture.squares.at(-1)).toEqual({ held: 0, withdrawn: 1, places: 2 })
    expect(picture.squares.reduce((sum, { places }) => sum + places, 0)).toBe(4_096)
  })

  it('draws a short list place by place', async () => {
    const { packed, body } = await listOf([0, 0, 2, 0])
    const { squares } = await pictureOf(body, packed)
    expect(squares.map(({ held }) => held)).toEqual([0, 0, 1, 0])
  })

  it('says that the content is not the one in the log', async () => {
    const [mine, other] = [await listOf([0, 1]), await listOf([0, 0])]
    expect((await pictureOf(mine.body, other.packed)).isLogged).toBe(false)
  })

  it('refuses what is no list', async () => {
    const { body } = await listOf([0, 0])
    await expect(pictureOf(body, Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'status_list.malformed' })
  })
})
