import { expect, it } from 'vitest'
import { drawsOf } from './draws.ts'

/** Gives 0, 1, 2 … and writes down what it was asked for. */
function counting() {
  const asked: number[] = []
  let next = 0
  const bytes = (length: number) => {
    asked.push(length)
    return Uint8Array.from({ length }, () => next++ % 251)
  }
  return { asked, bytes }
}

it('asks once for many draws', () => {
  const random = counting()
  const draw = drawsOf(random)
  for (let i = 0; i < 16; i++) draw(16)
  expect(random.asked).toEqual([256])
  draw(1)
  expect(random.asked).toEqual([256, 256])
})

it('gives no byte twice, and as many as were asked for', () => {
  const random = counting()
  const draw = drawsOf(random)
  const lengths = [16, 250, 16, 1_000, 0, 1, 1]
  const given = lengths.map((length) => draw(length))
  expect(given.map(({ length }) => length)).toEqual(lengths)
  expect(random.asked).toEqual([256, 256, 256, 1_000, 256])
  // What is left of a portion that will not do is never given out.
  const starts = [0, 256, 512, 768, 0, 1_768, 1_769]
  for (const [i, bytes] of given.entries())
    if (bytes.length > 0) expect([i, bytes[0]]).toEqual([i, (starts[i] as number) % 251])
})

it('keeps nothing between two things, and gives copies', () => {
  const random = counting()
  const [one, other] = [drawsOf(random), drawsOf(random)]
  const first = one(4)
  first.fill(0)
  expect(one(4)).toEqual(Uint8Array.of(4, 5, 6, 7))
  expect(other(4)).toEqual(Uint8Array.from({ length: 4 }, (_, i) => (256 + i) % 251))
})
