import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseEvidenceBundle } from '@fujie/shared/core/presentation/evidence-bundle.ts'
import { replayBundle } from '@fujie/shared/core/presentation/replay.ts'

const kept = readFileSync(join(import.meta.dirname, 'evidence-bundle', 'accepted.jwt'), 'utf8').trim()

/** A kept file, not made anew: whoever gets such a file years later reaches the same verdict. */
describe('kept vectors: evidence bundle', () => {
  it('gives the same verdict as on the day it was signed, on nobody’s word', async () => {
    const replayed = await replayBundle(parseEvidenceBundle(kept))
    expect(replayed).toMatchObject({ verdict: { outcome: 'accepted', findings: [] }, carried: [] })
    expect(replayed).not.toHaveProperty('difference')
  })

  it('names its signature first where one letter of it is another', async () => {
    const at = kept.lastIndexOf('.') + 1
    const other = `${kept.slice(0, at)}${kept[at] === 'A' ? 'B' : 'A'}${kept.slice(at + 1)}`
    const { difference } = await replayBundle(parseEvidenceBundle(other))
    expect(difference).toMatchObject({ at: 'signature', found: 'jws.signature_invalid' })
  })
})
