import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReading, seenInVideo, serveReaders } from '../../bench/scan/browser.ts'
import { drawFrame, type FrameWish } from '../../bench/scan/frames.ts'
import { formatY4m } from '../../bench/scan/y4m.ts'
import { purposes } from '../../verifier/desk/purposes/purposes.ts'
import { demoCodes } from '../fixtures/demo-codes.ts'
import { World } from '../fixtures/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'fujie-qr-'))
/** Milliseconds that a code may stand before the camera of a busy machine; what it takes is in `npm run bench -- scan`. */
const patience = 10_000

let codes: ReadonlyMap<string, string>
let served: Awaited<ReturnType<typeof serveReaders>>

beforeAll(async () => {
  codes = await demoCodes(await World.make(), purposes)
  served = await serveReaders()
}, 60_000)
afterAll(() => {
  served.close()
  rmSync(folder, { recursive: true, force: true })
})

function clean(text: string, pixelsPerModule: number): FrameWish {
  return { holds: { text }, pixelsPerModule, treatment: 'clean', seed: 0 }
}

describe('codes of a demonstration', () => {
  it('are all read from clean pictures, at three and at five pixels a module', async () => {
    const reading = await openReading(served.url)
    const wishes = [...codes.values()].flatMap((text) => [clean(text, 3), clean(text, 5)])
    const told = await reading?.ask({ wishes, peers: false })
    await reading?.close()
    if (told === undefined || !('frames' in told)) throw new Error('nothing was told')
    expect(told.frames).toBe(2 * codes.size)
    expect(told.tallies.ours).toMatchObject({ read: 2 * codes.size, wrong: 0 })
  })

  it.each(['engagement', 'answer-hotel-check-in'])('are read before a camera: %s', async (name) => {
    const text = codes.get(name) ?? ''
    const frame = drawFrame({ ...clean(text, 5), treatment: 'blurred' })
    if (frame === undefined) throw new Error('too large for the picture')
    const video = join(folder, `${name}.y4m`)
    writeFileSync(video, formatY4m(frame))
    expect((await seenInVideo(served.url, video, patience))?.text).toBe(text)
  })

  it('are not read where the camera sees another thing', async () => {
    const video = join(folder, 'nothing.y4m')
    const frame = drawFrame(clean('x', 5))
    if (frame === undefined) throw new Error('no frame')
    frame.data.fill(128)
    writeFileSync(video, formatY4m(frame))
    expect(await seenInVideo(served.url, video, 500)).toBeUndefined()
  })
})
