import { afterEach, describe, expect, it, vi } from 'vitest'
import { peerFigures } from './peers.ts'
import { timeCalls, type Peer, type Resolving } from './resolving.ts'

const cost = (bytes: number): Resolving => ({ bytes, requests: 1, verify: 2, held: 3, online: 4 })
const peer = (name: string, sizes: readonly number[], gas?: Peer['gas']) => (): Promise<Peer> =>
  Promise.resolve({
    ...{ name, resolving: new Map(sizes.map((size) => [size, cost(size * 10)])) },
    ...(gas === undefined ? {} : { gas }),
  })

describe('the figures of peers', () => {
  const { argv } = process
  afterEach(() => {
    process.argv = argv
    vi.restoreAllMocks()
  })

  it('names each beside the rows of what was measured of it, and only there', async () => {
    const figures = await peerFigures({ a: peer('a', [1, 120]), b: peer('b', [1], { 'b change': 7 }) })
    expect(figures.beside('proof-1')).toEqual({ a: 10, b: 10 })
    expect(figures.beside('proof-120')).toEqual({ a: 1200 })
    expect(figures.beside('proof-10000')).toEqual({})
    expect(figures.beside('verify-bundle')).toEqual({ a: 2, b: 2 })
    expect(figures.beside('resolve-held')).toEqual({ a: 3 })
    expect(figures.beside('resolve-requests-120')).toEqual({ a: 1 })
    expect(figures.beside('resolve-online-1')).toEqual({ a: 4, b: 4 })
    expect(figures.beside('anchor-gas-record')).toEqual({ 'b change': 7 })
    expect(figures.beside('ingest')).toEqual({})
  })

  it('names on stderr who could not run, and keeps the others', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const broken = () => Promise.reject(new Error('no such package\nRequire stack: …'))
    const figures = await peerFigures({ a: broken, b: peer('b', [1]) })
    expect(figures.beside('verify-bundle')).toEqual({ b: 2 })
    expect(said.mock.calls).toEqual([['SKIPPED peer a: no such package']])
  })

  it('keeps out all of them where none are wanted', async () => {
    process.argv = [...argv, '--no-peers']
    const figures = await peerFigures()
    expect([figures.beside('proof-1'), figures.beside('anchor-gas-record')]).toEqual([{}, {}])
  })
})

describe('the time of a call', () => {
  afterEach(() => vi.restoreAllMocks())

  const secondsPerLook = (seconds: number) => {
    let looks = 0
    vi.spyOn(performance, 'now').mockImplementation(() => seconds * 1000 * looks++)
  }

  it('is taken once where it is long', async () => {
    secondsPerLook(2)
    const work = vi.fn(() => Promise.resolve())
    expect((await timeCalls(work)).clock).toBe(2_000)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('is the middle of many where it is short', async () => {
    secondsPerLook(0.5)
    const work = vi.fn(() => Promise.resolve())
    expect((await timeCalls(work)).clock).toBe(500)
    expect(work.mock.calls.length).toBeGreaterThan(15)
  })
})
